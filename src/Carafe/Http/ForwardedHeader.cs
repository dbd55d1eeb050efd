using System.Net;

namespace Carafe.Http;

/// <summary>Reads <c>Forwarded</c> (RFC 7239).</summary>
internal static class ForwardedHeader
{
    /// <summary>One hop: who sent the request to whom, and how.</summary>
    internal readonly record struct Hop(IPAddress? For, string? Proto, string? Host);

    /// <summary>
    /// Returns the hops, the nearest first, up to what is malformed: a proxy appends its own to whatever the caller wrote, so what stands left of a
    /// malformed hop is the caller's own word.
    /// </summary>
    public static IEnumerable<Hop> FromTheNearest(IReadOnlyList<string?> fields)
    {
        for (var field = fields.Count - 1; field >= 0; field--)
        {
            foreach (var element in FromTheRight(fields[field] ?? ""))
            {
                if (Parse(element) is not { } hop)
                {
                    yield break;
                }

                yield return hop;
            }
        }
    }

    private static Hop? Parse(string element)
    {
        var hop = default(Hop);
        foreach (var pair in Pairs(element).Select(pair => pair.Trim()).Where(pair => pair.Length > 0))
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

        return hop;
    }

    private static IEnumerable<string> FromTheRight(string text)
    {
        var (end, quoted) = (text.Length, false);
        for (var at = text.Length - 1; at >= 0; at--)
        {
            if (text[at] == '"' && !IsEscaped(text, at))
            {
                quoted = !quoted;
            }
            else if (text[at] == ',' && !quoted)
            {
                yield return text[(at + 1)..end];
                end = at;
            }
        }

        yield return text[..end];
    }

    private static IEnumerable<string> Pairs(string text)
    {
        var (start, quoted) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"' && !IsEscaped(text, at))
            {
                quoted = !quoted;
            }
            else if (text[at] == ';' && !quoted)
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    private static bool IsEscaped(string text, int at)
    {
        var slashes = 0;
        while (at - slashes > 0 && text[at - slashes - 1] == '\\')
        {
            slashes++;
        }

        return slashes % 2 == 1;
    }

    private static string? Unquote(string value)
    {
        if (value is not ['"', .. var inner, '"'])
        {
            return value.Contains('"', StringComparison.Ordinal) ? null : value;
        }

        var ends = Enumerable.Range(0, inner.Length).Any(at => inner[at] == '"' && !IsEscaped(inner, at)) || IsEscaped(value, value.Length - 1);
        return ends ? null : inner.Replace("\\", "", StringComparison.Ordinal);
    }

    // An address with or without a port; not "unknown", and no name that a proxy made up.
    private static IPAddress? Address(string node)
    {
        var text = node is ['[', ..] && node.IndexOf(']', StringComparison.Ordinal) is var end and > 0 ? node[1..end]
            : node.Count(letter => letter == ':') == 1 ? node[..node.IndexOf(':', StringComparison.Ordinal)]
            : node;
        return IPAddress.TryParse(text, out var address) ? address : null;
    }
}
