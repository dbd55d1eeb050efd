using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>
/// Represents a key pair of the ring: a PKCS#8 file named by the moment from which it signs, its algorithm and its RFC 7638 thumbprint,
/// <c>20300101T000000Z.ES256.{kid}.pem</c>.
/// </summary>
internal sealed record RingKey(string Path, DateTimeOffset SignsFrom, string Algorithm, SecurityKey Key)
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";

    public string Id => Key.KeyId;

    public static RingKey Make(string folder, string algorithm, DateTimeOffset signsFrom)
    {
        using var pair = algorithm == SecurityAlgorithms.EcdsaSha256 ? (AsymmetricAlgorithm)ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(3072);
        var path = System.IO.Path.Combine(folder, $"{signsFrom.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}.{algorithm}.{Wrap(pair).KeyId}.pem");
        // Whole or not at all: another process may be reading the folder.
        var draft = System.IO.Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            using (var writer = new StreamWriter(draft, PrivateFiles.Options(FileMode.CreateNew)))
            {
                writer.WriteLine(pair.ExportPkcs8PrivateKeyPem());
            }

            File.Move(draft, path);
        }
        finally
        {
            File.Delete(draft);
        }

        return Read(path)!;
    }

    /// <summary>Reads the key in a file; null when the file's name is not one of ours.</summary>
    /// <exception cref="CryptographicException">The file does not hold the key that its name says.</exception>
    public static RingKey? Read(string path)
    {
        if (System.IO.Path.GetFileName(path).Split('.') is not [var stamp, var algorithm, var id, "pem"]
            || algorithm is not (SecurityAlgorithms.EcdsaSha256 or SecurityAlgorithms.RsaSha256)
            || !DateTimeOffset.TryParseExact(stamp, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signsFrom))
        {
            return null;
        }

        var key = Wrap(Import(algorithm, path));
        return key.KeyId == id
            ? new RingKey(path, signsFrom, algorithm, key)
            : throw new CryptographicException($"'{path}' does not hold the key that its name says.");
    }

    /// <summary>Returns the public half (RFC 7517).</summary>
    public Dictionary<string, string> ToJwk()
    {
        var jwk = Key is ECDsaSecurityKey ec
            ? EcJwk(ec.ECDsa.ExportParameters(includePrivateParameters: false))
            : RsaJwk(((RsaSecurityKey)Key).Rsa.ExportParameters(includePrivateParameters: false));
        jwk["kid"] = Id;
        jwk["use"] = "sig";
        jwk["alg"] = Algorithm;
        return jwk;
    }

    // RFC 7518 sections 3.3 and 3.4: at least 2048 bits, and P-256. Without its private half a key signs nothing.
    private static AsymmetricAlgorithm Import(string algorithm, string path)
    {
        AsymmetricAlgorithm pair = algorithm == SecurityAlgorithms.EcdsaSha256 ? ECDsa.Create() : RSA.Create();
        try
        {
            pair.ImportFromPem(File.ReadAllText(path));
            var error = pair is RSA rsa ? Error(rsa) : Error((ECDsa)pair);
            return error is null ? pair : throw new CryptographicException(error);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            pair.Dispose();
            throw new CryptographicException($"'{path}' is no key for {algorithm}: {error.Message}", error);
        }
    }

    private static string? Error(RSA rsa) =>
        rsa.KeySize < 2048 ? $"it has {rsa.KeySize} bits and needs at least 2048."
        : rsa.ExportParameters(true).D is null ? "it has no private half." : null;

    private static string? Error(ECDsa ec) =>
        ec.ExportParameters(true) is var key && key.Curve.Oid.Value != P256 ? "its curve is not P-256."
        : key.D is null ? "it has no private half."
        : null;

    private static SecurityKey Wrap(AsymmetricAlgorithm pair)
    {
        SecurityKey key = pair is ECDsa ec ? new ECDsaSecurityKey(ec) : new RsaSecurityKey((RSA)pair);
        key.KeyId = Base64Url.EncodeToString(key.ComputeJwkThumbprint());
        return key;
    }

    private static Dictionary<string, string> EcJwk(ECParameters key) =>
        new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(key.Q.X), ["y"] = Base64Url.EncodeToString(key.Q.Y) };

    private static Dictionary<string, string> RsaJwk(RSAParameters key) =>
        new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent) };
}
