using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Net.Http.Headers;

namespace Carafe.Conditional;

/// <summary>
/// Makes and compares entity tags, <c>"state.representation-coding"</c>. The state is the row's version or the app's own tag; writes are conditional on
/// it. The representation is a digest of everything else that the response depends on: callers who are sent different bytes are sent different tags (RFC
/// 9110 section 8.8.3).
/// </summary>
internal static class EntityTags
{
    private const int DigestLength = 16;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string State(int version) => version.ToString(CultureInfo.InvariantCulture);

    public static string State(EntityTagHeaderValue tag) => tag.Tag.Substring(1, tag.Tag.Length - 2);

    public static EntityTagHeaderValue Of(string state, ulong digest, string? coding) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\"{state}.{digest:x16}{(coding is null ? "" : "-")}{coding}\""));

    /// <summary>Digests a representation: its bytes and its media type.</summary>
    public static ulong Digest(string? mediaType, ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        foreach (var sign in mediaType ?? "")
        {
            // Mixed in behind the bytes: FNV-1a's step.
            BinaryPrimitives.WriteUInt64LittleEndian(hash, (BinaryPrimitives.ReadUInt64LittleEndian(hash) ^ sign) * 1099511628211);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>Digests what a response depends on whose bytes the state stands for: its media type, and who asks.</summary>
    public static ulong Digest(string? mediaType, ClaimsPrincipal caller) => Digest(mediaType, Encoding.UTF8.GetBytes(Describe(caller)));

    /// <summary>Gets the content coding that compression will choose for the response as it is now; null for none.</summary>
    public static string? Coding(HttpContext context)
    {
        if (context.Request.Headers.AcceptEncoding.Count == 0 || context.Features.Get<IHttpsCompressionFeature>() is null)
        {
            return null;
        }

        var compression = context.RequestServices.GetRequiredService<IResponseCompressionProvider>();
        return compression.ShouldCompressResponse(context) ? compression.GetCompressionProvider(context)?.EncodingName : null;
    }

    /// <summary>Gets the content coding that compression would choose for this request if the response could be compressed; null for none.</summary>
    public static string? Accepted(HttpContext context) => context.Request.Headers.AcceptEncoding.Count == 0
        ? null
        : context.RequestServices.GetService<IResponseCompressionProvider>()?.GetCompressionProvider(context)?.EncodingName;

    /// <summary>Returns whether a tag, in its quotes, has a digest.</summary>
    public static bool IsComplete(ReadOnlySpan<char> tag)
    {
        var plain = Plain(tag.Trim('"'));
        return plain.Length > DigestLength && plain[^(DigestLength + 1)] == '.' && !plain[^DigestLength..].ContainsAnyExcept(Digits);
    }

    /// <summary>Returns the same tag for another content coding.</summary>
    public static string Recode(string tag, string? coding)
    {
        var plain = Plain(tag.AsSpan().Trim('"'));
        return $"\"{plain}{(coding is null ? "" : "-")}{coding}\"";
    }

    public static bool Matches(IList<EntityTagHeaderValue> tags, EntityTagHeaderValue current, bool strong)
    {
        foreach (var tag in tags)
        {
            if (tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, strong))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns whether one of the tags was issued for this state, whatever the caller and the content coding.</summary>
    public static bool MatchesState(IList<EntityTagHeaderValue> tags, string state, bool strong)
    {
        foreach (var tag in tags)
        {
            if (tag.Equals(EntityTagHeaderValue.Any) || (!(strong && tag.IsWeak) && IsOf(tag.Tag.AsSpan()[1..^1], state)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOf(ReadOnlySpan<char> tag, string state)
    {
        tag = Plain(tag);
        return tag.Length == state.Length + 1 + DigestLength && tag.StartsWith(state, StringComparison.Ordinal) && tag[state.Length] == '.';
    }

    private static ReadOnlySpan<char> Plain(ReadOnlySpan<char> tag)
    {
        var coding = tag.LastIndexOf('-');
        var end = coding < 0 ? tag.Length : coding;
        return end > DigestLength && tag[end - DigestLength - 1] == '.' ? tag[..end] : tag;
    }

    // The caller's identity and rights, not the token that carries them: it is renewed every few minutes.
    private static string Describe(ClaimsPrincipal caller)
    {
        if (caller.Identity is not ClaimsIdentity { IsAuthenticated: true } identity)
        {
            return "";
        }

        var claims = identity.Claims.Where(claim => claim.Type is "sub" or ClaimTypes.NameIdentifier or "scope" || claim.Type == identity.RoleClaimType);
        return string.Join('\n', claims.Select(claim => $"{claim.Type} {claim.Value}").Order(StringComparer.Ordinal));
    }
}
