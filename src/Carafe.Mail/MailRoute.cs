using System.Net;
using Carafe.Data;
using MailKit.Security;

namespace Carafe.Mail;

/// <summary>Reads <c>MAIL_URL</c>.</summary>
internal sealed record MailRoute(string Scheme)
{
    public const string Off = "off";

    private static readonly string[] Options = ["starttls"];

    public string Host { get; private init; } = "";

    public int Port { get; private init; }

    public string? User { get; private init; }

    public string? Password { get; private init; }

    public SecureSocketOptions Security { get; private init; }

    public string Folder { get; private init; } = "";

    public static bool IsServer(string? url) => url?.StartsWith("smtp", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Returns where mail goes when nothing is set.</summary>
    public static string Default(IHostEnvironment environment) => environment.EnvironmentName switch
    {
        "Development" => "file:mail",
        "Testing" => "memory:",
        _ => Off,
    };

    /// <summary>Returns where mail goes, or null where it is off.</summary>
    public static MailRoute? Of(MailSettings settings, IHostEnvironment environment) =>
        (settings.MailUrl ?? Default(environment)) is var url && url != Off
            ? Parse(url)
            : null;

    public static string? Error(string? url)
    {
        try
        {
            _ = url is null or Off ? null : Parse(url);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }

    /// <exception cref="FormatException">The URL is invalid; the message holds no password.</exception>
    public static MailRoute Parse(string url)
    {
        if (url.Equals("memory:", StringComparison.OrdinalIgnoreCase))
        {
            return new MailRoute("memory");
        }

        if (url.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            var folder = url["file:".Length..];
            folder = folder.StartsWith("//", StringComparison.Ordinal) ? folder[2..] : folder;
            return folder.Length > 0 ? new MailRoute("file") { Folder = folder } : throw new FormatException("names no folder: expected file:///folder.");
        }

        if (!IsServer(url))
        {
            throw new FormatException("must begin with smtp://, smtps:// or file:, or be memory: or off.");
        }

        var parsed = DatabaseUrl.Parse(url);
        if (parsed.Scheme is not ("smtp" or "smtps") || parsed.Host is not { Length: > 0 } host || parsed.Name.Length > 0)
        {
            throw new FormatException("must look like smtp://user:password@host:587.");
        }

        if (parsed.Options.Keys.FirstOrDefault(option => !Options.Contains(option)) is { } unknown)
        {
            throw new FormatException($"has the option '{unknown}', which is not known. Known is starttls.");
        }

        return new MailRoute(parsed.Scheme)
        {
            Host = host,
            Port = parsed.Port ?? (parsed.Scheme == "smtps" ? 465 : 587),
            User = parsed.User,
            Password = parsed.Password,
            Security = parsed.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect : StartTls(parsed.Options.GetValueOrDefault("starttls"), host),
        };
    }

    // A password, and what a mail says, go over no network in the clear unless somebody writes so.
    private static SecureSocketOptions StartTls(string? option, string host) => option switch
    {
        null => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
            ? SecureSocketOptions.StartTlsWhenAvailable
            : SecureSocketOptions.StartTls,
        "required" => SecureSocketOptions.StartTls,
        "optional" => SecureSocketOptions.StartTlsWhenAvailable,
        "none" => SecureSocketOptions.None,
        _ => throw new FormatException("has the option starttls, which must be required, optional or none."),
    };
}
