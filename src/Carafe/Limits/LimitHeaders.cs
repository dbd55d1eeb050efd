using System.Globalization;

namespace Carafe.Limits;

/// <summary>Writes <c>RateLimit</c> and <c>RateLimit-Policy</c> (draft-ietf-httpapi-ratelimit-headers-10).</summary>
internal static class LimitHeaders
{
    /// <summary>Adds a limit to both fields.</summary>
    /// <param name="headers">The headers of the response.</param>
    /// <param name="label">The name of the limit in them.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="state">How it stands; with a negative rest, which is not known, it is in the policy alone.</param>
    public static void Add(IHeaderDictionary headers, string label, Limit limit, LimitState state)
    {
        Append(headers, "RateLimit-Policy", string.Create(CultureInfo.InvariantCulture, $"\"{label}\";q={limit.Count};w={limit.Window.TotalSeconds:0}"));
        if (state.Remaining >= 0)
        {
            Append(headers, "RateLimit",
                string.Create(CultureInfo.InvariantCulture, $"\"{label}\";r={state.Remaining};t={(long)Math.Ceiling(state.Reset.TotalSeconds)}"));
        }
    }

    private static void Append(IHeaderDictionary headers, string name, string item) =>
        headers[name] = headers[name] is { Count: > 0 } before ? $"{before}, {item}" : item;
}
