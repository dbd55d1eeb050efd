namespace Carafe.Tasks.Http;

/// <summary>Reads <c>Prefer</c> (RFC 7240).</summary>
internal static class PreferHeader
{
    public const string RespondAsync = "respond-async";

    public static bool Has(HttpRequest request, string preference) => request.Headers["Prefer"]
        .SelectMany(line => (line ?? "").Split(','))
        .Any(item => item.Split(';')[0].Trim().Equals(preference, StringComparison.OrdinalIgnoreCase));
}
