using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Carafe;

/// <summary>
/// Makes the names under which responses are kept, by HMAC with a key derived from <c>SECRET_KEY</c>: who reads the store learns neither a caller's key
/// nor a request's body.
/// </summary>
public sealed class IdempotencyKeys
{
    // Of 64 hex digits the first 16 are the caller's: what is theirs can be found and forgotten.
    private const int CallerBytes = 8;
    private const int Bytes = 32;

    private readonly Lazy<byte[]> _key;
    private readonly IIdempotencyStore _store;

    internal IdempotencyKeys(CarafeSettings settings, IIdempotencyStore store)
    {
        _key = new(() => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.SecretKey), Bytes, info: "carafe idempotency"u8.ToArray()));
        _store = store;
    }

    /// <summary>Forgets every response that was kept for a caller, such as one whose account is deleted.</summary>
    /// <param name="subject">The caller's <c>sub</c>.</param>
    public Task ForgetAsync(string subject) => _store.ForgetAsync(Caller(subject));

    /// <summary>Whose request it is; empty for nobody's.</summary>
    internal static string Subject(ClaimsPrincipal user) => user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";

    internal string Name(HttpRequest request, string subject, string key) =>
        Caller(subject) + Hash($"{subject}\n{request.Method}\n{Place(request)}\n{key}", [])[..^(2 * CallerBytes)];

    /// <summary>Names a message whose sender gives each an id: it is one at its route, whoever calls and however the path is written.</summary>
    internal string NameOfMessage(HttpRequest request, string id) => Caller("") + Hash($"message\n{Pattern(request)}\n{id}", [])[..^(2 * CallerBytes)];

    internal string Fingerprint(HttpRequest request, byte[] body) => Hash($"{request.QueryString}\n", body);

    // Routes take /users, /USERS and /users/ for one. What a parameter does with case is the endpoint's affair.
    private static string Place(HttpRequest request) => request.HttpContext.GetEndpoint() is RouteEndpoint { RoutePattern: var pattern }
        ? string.Join('\n', pattern.Parameters.Select(part => Uri.EscapeDataString($"{request.RouteValues.GetValueOrDefault(part.Name)}"))
            .Prepend(Pattern(request)).Prepend(request.PathBase.Value!.ToLowerInvariant()))
        : Pattern(request);

    private static string Pattern(HttpRequest request) => request.HttpContext.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } text }
        ? text.Trim('/').ToLowerInvariant()
        : (request.PathBase + request.Path).Value!.TrimEnd('/');

    private string Caller(string subject) => Hash($"caller\n{subject}", [])[..(2 * CallerBytes)];

    private string Hash(string text, byte[] body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key.Value);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
