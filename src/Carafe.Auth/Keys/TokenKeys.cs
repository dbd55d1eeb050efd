using System.Buffers.Text;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>Holds the keys of one kind of token: one that signs, and those that verify, each under its <c>kid</c>.</summary>
internal sealed class TokenKeys(string algorithm, SecurityKey signing, IEnumerable<SecurityKey> others)
{
    private readonly Dictionary<string, SecurityKey[]> _byId =
        others.Prepend(signing).DistinctBy(key => key.KeyId).ToDictionary(key => key.KeyId, key => new[] { key }, StringComparer.Ordinal);

    public string Algorithm => algorithm;

    public SigningCredentials Signing { get; } = new(signing, algorithm);

    /// <summary>Returns exactly the key with that id, or none: there is never a second key to try.</summary>
    public SecurityKey[] Find(string? id) => id is not null && _byId.TryGetValue(id, out var key) ? key : [];

    public static TokenKeys FromSecrets(string purpose, IEnumerable<string> secrets)
    {
        var keys = secrets.Select(secret => Symmetric(purpose, Encoding.UTF8.GetBytes(secret))).ToArray();
        return new TokenKeys(SecurityAlgorithms.HmacSha256, keys[0], keys[1..]);
    }

    private static SymmetricSecurityKey Symmetric(string purpose, byte[] secret)
    {
        // Access tokens are signed with the secret itself, so a service that shares it can verify them with any JWT library.
        var key = purpose == TokenTypes.Access ? secret : DerivedKey.For(purpose, secret);
        return new SymmetricSecurityKey(key) { KeyId = Base64Url.EncodeToString(DerivedKey.For("kid", key).AsSpan(0, 9)) };
    }
}

/// <summary>Names the <c>typ</c> headers of tokens.</summary>
internal static class TokenTypes
{
    public const string Access = "at+jwt";
    public const string Refresh = "rt+jwt";
}
