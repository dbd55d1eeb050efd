using System.Security.Cryptography;
using System.Text;

namespace Carafe.Auth;

/// <summary>
/// The secret in a refresh token, its <c>jti</c>. The database has its hash only. Its successor is derived from it and a salt in the database, so that
/// whoever has both the spent token and the row (which is the app, within the grace) can give the same successor again, and neither a stolen token nor a
/// stolen database alone can.
/// </summary>
internal static class RefreshSecret
{
    public const int Length = 32;

    public static byte[] New() => RandomNumberGenerator.GetBytes(Length);

    public static byte[] Hash(byte[] secret) => SHA256.HashData(secret);

    public static byte[] Successor(byte[] spent, byte[] salt) => HMACSHA256.HashData(spent, (byte[])[.. "carafe refresh successor"u8, .. salt]);
}

/// <summary>Keys that are derived from one secret, so that a key never serves two purposes.</summary>
internal static class DerivedKey
{
    public static byte[] For(string purpose, byte[] secret) => HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes("carafe " + purpose));
}
