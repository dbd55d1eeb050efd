using System.Security.Cryptography;

namespace Carafe.Auth;

/// <summary>
/// Makes the secret of a refresh token, its <c>jti</c>, of which the database has only the hash. Its successor is derived from it and a salt in the
/// database. So the app, which has both the spent token and the row within the grace, can give the same successor again; a stolen token or a stolen
/// database alone cannot.
/// </summary>
internal static class RefreshSecret
{
    public const int Length = 32;

    public static byte[] New() => RandomNumberGenerator.GetBytes(Length);

    public static byte[] Hash(byte[] secret) => SHA256.HashData(secret);

    public static byte[] Successor(byte[] spent, byte[] salt) => HMACSHA256.HashData(spent, (byte[])[.. "carafe refresh successor"u8, .. salt]);
}
