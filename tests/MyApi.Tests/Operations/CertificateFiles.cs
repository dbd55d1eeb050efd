using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyApi.Tests;

/// <summary>Certificates that nobody else trusts.</summary>
internal static class CertificateFiles
{
    /// <summary>Writes a certificate that is valid from 2020 on unless said otherwise, and its key.</summary>
    public static void Write(string certificatePath, string keyPath, string subject, DateTimeOffset until, DateTimeOffset? since = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(
            since ?? new(2020, 1, 1, 0, 0, 0, default), until);
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
    }
}
