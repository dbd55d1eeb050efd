using System.Collections.Frozen;
using System.Globalization;

namespace Carafe.Data;

/// <summary>
/// Represents a parsed database URL: <c>scheme://user:password@host:port/name?option=value</c>. User, password and name are percent-decoded.
/// </summary>
public sealed class DatabaseUrl
{
    private DatabaseUrl(string scheme) => Scheme = scheme;

    /// <summary>Gets the scheme, in lower case.</summary>
    public string Scheme { get; }

    /// <summary>Gets the user, or null.</summary>
    public string? User { get; private init; }

    /// <summary>Gets the password, or null. Never print it.</summary>
    public string? Password { get; private init; }

    /// <summary>
    /// Gets the host, or null, percent-decoded. An IPv6 address has no brackets. Several hosts are separated by commas, each with its port after a colon
    /// if it has one, and <see cref="Port"/> is null.
    /// </summary>
    public string? Host { get; private init; }

    /// <summary>Gets the port, or null.</summary>
    public int? Port { get; private init; }

    /// <summary>Gets what follows the slash after the host: a database's name, or a file's path.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Gets the options after the question mark, by lower-case name.</summary>
    public IReadOnlyDictionary<string, string> Options { get; private init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Parses a URL.</summary>
    /// <param name="text">The URL.</param>
    /// <exception cref="FormatException">A part is invalid; the message names it and holds no password.</exception>
    public static DatabaseUrl Parse(string text)
    {
        var scheme = Before(text, "://", out var rest)
            ?? throw new FormatException(OnlyScheme(text) is { } name
                ? $"two slashes belong after '{name}:', as in sqlite:///dev.db or postgresql://user:password@host/name."
                : "it has no scheme: expected something like sqlite:///dev.db or postgresql://user:password@host/name.");
        var query = After(ref rest, '?');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (authority, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        if (path.Contains('@', StringComparison.Ordinal) && !authority.Contains('@', StringComparison.Ordinal) && authority.Length > 0)
        {
            throw new FormatException("the user or password holds a character that must be percent-encoded, such as / (%2F) or ? (%3F).");
        }

        // The last @ ends the password: one that is not encoded is accepted.
        var at = authority.LastIndexOf('@');
        var (credentials, server) = at < 0 ? (null, authority) : (authority[..at], authority[(at + 1)..]);
        var (user, password) = credentials is null ? (null, null) : Split(credentials);
        var (host, port) = Address(server);
        return new DatabaseUrl(scheme.ToLowerInvariant())
        {
            User = user is null ? null : Decode(user, "user"),
            Password = password is null ? null : Decode(password, "password"),
            Host = host,
            Port = port,
            Name = Decode(path, "name"),
            Options = ReadOptions(query),
        };
    }

    /// <summary>Returns the URL without user, password and options, for messages.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Host}{(Port is null ? "" : $":{Port}")}/{Name}");

    // What stands before the first colon, if it can be a scheme and no part of a password.
    private static string? OnlyScheme(string text) =>
        text.Split(':') is [{ Length: > 1 } name, ['/', ..] or "", ..] && name.All(char.IsAsciiLetter) ? name : null;

    private static (string, string?) Split(string credentials)
    {
        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (credentials, null) : (credentials[..colon], credentials[(colon + 1)..]);
    }

    private static (string? Host, int? Port) Address(string server)
    {
        if (server.Contains(',', StringComparison.Ordinal))
        {
            var hosts = server.Split(',').Select(Address);
            return (string.Join(',',
                hosts.Select(one => (one.Host?.Contains(':', StringComparison.Ordinal) == true ? $"[{one.Host}]" : one.Host)
                    + (one.Port is { } number ? $":{number}" : ""))), null);
        }

        var end = server.StartsWith('[') ? server.IndexOf(']', StringComparison.Ordinal) : 0;
        if (end < 0)
        {
            throw new FormatException("the host is an IPv6 address without its closing bracket.");
        }

        var colon = server.IndexOf(':', end);
        var host = colon < 0 ? server : server[..colon];
        if (colon < 0)
        {
            return (host.Length == 0 ? null : Decode(host.Trim('[', ']'), "host"), null);
        }

        return int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? (host.Length == 0 ? null : Decode(host.Trim('[', ']'), "host"), port)
            : throw new FormatException("the port is not a number from 1 to 65535.");
    }

    private static FrozenDictionary<string, string> ReadOptions(string? query)
    {
        var options = new Dictionary<string, string>();
        foreach (var item in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Before(item, "=", out var value) ?? throw new FormatException($"the option '{item}' has no value.");
            if (!options.TryAdd(Decode(name, "option").ToLowerInvariant(), Decode(value, $"option {name}")))
            {
                throw new FormatException($"the option '{name}' is given twice.");
            }
        }

        return options.ToFrozenDictionary();
    }

    private static string Decode(string text, string part)
    {
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
            {
                throw new FormatException($"the {part} holds a % that is not followed by two hexadecimal digits; write %25 for the sign itself.");
            }
        }

        return Uri.UnescapeDataString(text);
    }

    private static string? Before(string text, string mark, out string rest)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        rest = at < 0 ? text : text[(at + mark.Length)..];
        return at <= 0 ? null : text[..at];
    }

    private static string? After(ref string text, char mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        var rest = at < 0 ? null : text[(at + 1)..];
        text = at < 0 ? text : text[..at];
        return rest;
    }
}
