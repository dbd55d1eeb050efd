using Microsoft.Net.Http.Headers;

namespace MyApi.Files;

/// <summary>Decides with which content type a file is stored, and with which one it is served.</summary>
internal static class FileTypes
{
    public const string Bytes = "application/octet-stream";

    private const int MaxLength = 100;

    // The words of a name that a browser runs, applies or follows: application/atom+xml, application/importmap+json. Beside these, whatever contains
    // "script" or "html".
    private static readonly HashSet<string> Active = new(StringComparer.OrdinalIgnoreCase)
    {
        "xml", "xsl", "xslt", "svg", "css", "wasm", "importmap", "speculationrules", "manifest", "component", "flash", "futuresplash", "java", "hta", "xap",
            "shortcut", "proxy", "mhtml", "sgml", "xul",
    };

    private static readonly HashSet<string> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        "text/plain", "text/csv", "text/tab-separated-values", "text/markdown", "text/calendar", "text/vcard", "text/vtt", "text/rtf",
    };

    private static readonly HashSet<string> Families = new(StringComparer.OrdinalIgnoreCase) { "application", "audio", "font", "image", "model", "video" };

    /// <summary>Returns whether a body of this type is an envelope around files, and so no file.</summary>
    public static bool IsEnvelope(string? contentType) => contentType?.TrimStart().StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Returns the type to store: the caller's with its parameters, or bytes where it is no type.</summary>
    public static string Received(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || type.MatchesAllTypes || type.MatchesAllSubTypes || type.MediaType.Length > MaxLength)
        {
            return Bytes;
        }

        var whole = type.ToString();
        // A response header is ASCII.
        return whole.Length <= MaxLength && whole.All(letter => letter is >= ' ' and <= '~') ? whole : type.MediaType.Value!;
    }

    /// <summary>Returns the type to serve: the stored one where no browser runs it, else bytes.</summary>
    public static string Served(string stored)
    {
        var essence = stored.Split(';')[0].Trim();
        var inert = essence.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            ? Texts.Contains(essence)
            : Families.Contains(essence.Split('/')[0]) && !Array.Exists(essence.Split('/', '+', '.', '-'), IsActive);
        return inert ? stored : Bytes;
    }

    private static bool IsActive(string word) =>
        Active.Contains(word) || word.Contains("script", StringComparison.OrdinalIgnoreCase) || word.Contains("html", StringComparison.OrdinalIgnoreCase);
}
