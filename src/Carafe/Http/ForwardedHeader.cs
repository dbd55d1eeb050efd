using System.Net;

namespace Carafe.Http;

/// <summary>Reads <c>Forwarded</c> (RFC 7239).</summary>
internal static class ForwardedHeader
{
    /// <summary>One hop: who sent the request to whom, and how.</summary>
    internal readonly record struct Hop(IPAddress? For, string? Proto, string? Host);

    /// <summary>Returns the hops, the nearest last; null when the field is malformed.</summary>
    public static List<Hop>? Parse(string text)
    {
        var hops = new List<Hop>();
        foreach (var element in Split(text, ','))
        {
            var hop = default(Hop);
            foreach (var pair in Split(element, ';').Select(pair => pair.Trim()).Where(pair => pair.Length > 0))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || Unquote(pair[(equals + 1)..]) is not { } value)
                {
                    return null;
                }

                hop = pair[..equals].ToUpperInvariant() switch
                {
                    "FOR" => hop with { For = Address(value) },
                    "PROTO" => hop with { Proto = value },
                    "HOST" => hop with { Host = value },
                    _ => hop,
                };
            }

            hops.Add(hop);
        }

        return hops;
    }

    private static IEnumerable<string> Split(string text, char separator)
    {
        var (start, quoted) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && quoted)
            {
                at++;
            }
            else if (text[at] == '"')
            {
                quoted = !quoted;
            }
            else if (text[at] == separator && !quoted)
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    private static string? Unquote(string value) =>
        value is ['"', .. var inner, '"'] ? inner.Replace("\\", "", StringComparison.Ordinal)
        : value.Contains('"', StringComparison.Ordinal) ? null
        : value;

    // An address with or without a port; not "unknown", and no name that a proxy made up.
    private static IPAddress? Address(string node)
    {
        var text = node is ['[', ..] && node.IndexOf(']', StringComparison.Ordinal) is var end and > 0 ? node[1..end]
            : node.Count(letter => letter == ':') == 1 ? node[..node.IndexOf(':', StringComparison.Ordinal)]
            : node;
        return IPAddress.TryParse(text, out var address) ? address : null;
    }
}
