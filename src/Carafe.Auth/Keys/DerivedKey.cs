using System.Security.Cryptography;
using System.Text;

namespace Carafe.Auth;

/// <summary>Derives keys from one secret, so a key never serves two purposes.</summary>
internal static class DerivedKey
{
    public static byte[] For(string purpose, byte[] secret) => HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes("carafe " + purpose));
}
