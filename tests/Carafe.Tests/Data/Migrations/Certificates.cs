using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Carafe.Tests.Data.Migrations;

/// <summary>Certificates of a server and a client, from an authority of their own.</summary>
internal static class Certificates
{
    /// <summary>Writes <c>ca.pem</c>, and <c>server</c> and <c>client</c> as <c>.pem</c> and <c>.key</c>, for every user of the machine to read.</summary>
    public static void Write(string folder)
    {
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(from, until);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
        foreach (var (name, subject) in new[] { ("server", "CN=localhost"), ("client", "CN=client") })
        {
            using var own = RSA.Create(2048);
            var signed = new CertificateRequest(subject, own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name == "server" ? "localhost" : name);
            signed.CertificateExtensions.Add(names.Build());
            using var certificate = signed.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));
            File.WriteAllText(Path.Combine(folder, $"{name}.pem"), certificate.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, $"{name}.key"), own.ExportPkcs8PrivateKeyPem());
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }
    }
}
