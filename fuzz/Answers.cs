using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fuzz;

/// <summary>Reads what came back and says what is wrong with it.</summary>
internal static class Answers
{
    /// <summary>The first fault of the responses to an HTTP/1.1 connection, or null.</summary>
    public static string? Fault(byte[] bytes, Case sent)
    {
        var text = Encoding.Latin1.GetString(bytes);
        for (var at = text.IndexOf("HTTP/1.1 ", StringComparison.Ordinal); at >= 0;)
        {
            var end = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                return null;
            }

            var head = text[at..end];
            var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
            var next = text.IndexOf("HTTP/1.1 ", end, StringComparison.Ordinal);
            if (status >= 100 && Wrong(status, head, text[(end + 4)..(next < 0 ? text.Length : next)], sent) is { } wrong)
            {
                return $"{wrong}: {head.Replace("\r\n", "|", StringComparison.Ordinal)}";
            }

            at = next;
        }

        return null;
    }

    private static string? Wrong(int status, string head, string body, Case sent)
    {
        if (status >= 500 && status != 501)
        {
            return status == 505 && !Has(head, "X-Request-Id") ? null : $"{status}";
        }

        if (status < 400)
        {
            return null;
        }

        // What the server's parser refuses itself has no body and ends the connection.
        if (!Has(head, "X-Request-Id"))
        {
            return Has(head, "Content-Length: 0") && Has(head, "Connection: close") ? null : "an error of nobody's shape";
        }

        if (sent.Pieces.SelectMany(piece => piece).Take(4).SequenceEqual("HEAD"u8.ToArray()) || Has(head, "Content-Encoding"))
        {
            return null;
        }

        var json = body.IndexOf('{', StringComparison.Ordinal) is var start and >= 0 && body.LastIndexOf('}') is var end
            && end > start ? body[start..(end + 1)] : "";
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.TryGetProperty("status", out var told) && told.GetInt32() == status
                && (root.TryGetProperty("message", out _) || root.TryGetProperty("detail", out _)) ? null : "an error off the standard shape";
        }
        catch (JsonException)
        {
            // A connection that we have cut ourselves may have cut its response.
            return sent.Ending == Ending.Read ? "an error that is no JSON" : null;
        }
    }

    private static bool Has(string head, string header) => head.Contains($"\r\n{header}", StringComparison.OrdinalIgnoreCase);
}
