using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;

namespace Carafe.Auth.Werkzeug;

/// <summary>
/// Represents a hash from a Flask application: <c>scrypt:32768:8:1$salt$hex</c> or <c>pbkdf2:sha256:1000000$salt$hex</c>, as werkzeug.security writes
/// them.
/// </summary>
internal abstract record WerkzeugHash(string Salt, byte[] Expected)
{
    // No hash may keep a thread busy or fill the memory. werkzeug's own defaults are far below.
    private const int MaxIterations = 10_000_000;
    private const int MaxScryptBytes = 256 * 1024 * 1024;

    public static WerkzeugHash? TryParse(string text)
    {
        if (text.Split('$') is not [var method, { Length: > 0 } salt, var hex] || hex.Length is < 32 or > 256)
        {
            return null;
        }

        var expected = new byte[hex.Length / 2];
        if (Convert.FromHexString(hex, expected, out var read, out _) != System.Buffers.OperationStatus.Done || read != hex.Length)
        {
            return null;
        }

        return method.Split(':') switch
        {
            ["scrypt", var n, var r, var p] when Number(n) is { } cost && Number(r) is { } block && Number(p) is { } parallel
                && cost > 1 && (cost & (cost - 1)) == 0 && 128L * cost * block <= MaxScryptBytes && parallel <= 16
                => new Scrypt(cost, block, parallel, salt, expected),
            ["pbkdf2", var hash, var iterations] when Algorithm(hash) is { } name && Number(iterations) is { } count && count <= MaxIterations
                => new Pbkdf2(name, count, salt, expected),
            _ => null,
        };
    }

    public bool Verify(string password) => CryptographicOperations.FixedTimeEquals(Derive(Encoding.UTF8.GetBytes(password)), Expected);

    protected abstract byte[] Derive(byte[] password);

    protected byte[] SaltBytes => Encoding.UTF8.GetBytes(Salt);

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static HashAlgorithmName? Algorithm(string name) => name switch
    {
        "sha256" => HashAlgorithmName.SHA256,
        "sha512" => HashAlgorithmName.SHA512,
        "sha1" => HashAlgorithmName.SHA1,
        _ => null,
    };

    private sealed record Scrypt(int Cost, int Block, int Parallel, string Salt, byte[] Expected) : WerkzeugHash(Salt, Expected)
    {
        protected override byte[] Derive(byte[] password) => SCrypt.Generate(password, SaltBytes, Cost, Block, Parallel, Expected.Length);
    }

    private sealed record Pbkdf2(HashAlgorithmName Hash, int Iterations, string Salt, byte[] Expected) : WerkzeugHash(Salt, Expected)
    {
        protected override byte[] Derive(byte[] password) => Rfc2898DeriveBytes.Pbkdf2(password, SaltBytes, Iterations, Hash, Expected.Length);
    }
}
