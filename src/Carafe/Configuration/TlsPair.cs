using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Carafe.Configuration;

/// <summary>Holds a certificate with its key, and those that lead to its authority.</summary>
internal sealed record TlsPair(X509Certificate2 Certificate, SslStreamCertificateContext Context)
{
    public DateTimeOffset NotBefore { get; } = Certificate.NotBefore.ToUniversalTime();

    public DateTimeOffset NotAfter { get; } = Certificate.NotAfter.ToUniversalTime();

    public bool IsValid(DateTimeOffset now) => NotBefore <= now && now < NotAfter;

    /// <summary>Reads a pair of files.</summary>
    /// <param name="certificatePath">The PEM file of the certificate.</param>
    /// <param name="keyPath">The PEM file of its key.</param>
    /// <param name="error">Why there is none, in one sentence that names the setting.</param>
    public static TlsPair? TryLoad(string certificatePath, string keyPath, out string error)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPemFile(certificatePath);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            error = $"TLS_CERT: {certificatePath} cannot be read: {exception.Message}";
            return null;
        }

        if (chain.Count == 0)
        {
            error = $"TLS_CERT: {certificatePath} holds no certificate in PEM: -----BEGIN CERTIFICATE-----.";
            return null;
        }

        try
        {
            using var ephemeral = X509Certificate2.CreateFromPem(chain[0].ExportCertificatePem(), File.ReadAllText(keyPath));
            // Windows cannot serve with a key that lives in memory alone.
            var certificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
            chain.RemoveAt(0);
            error = "";
            return new TlsPair(certificate, SslStreamCertificateContext.Create(certificate, chain, offline: true));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            error = $"TLS_KEY: {keyPath} is not the key of TLS_CERT: {exception.Message}";
            return null;
        }
    }
}
