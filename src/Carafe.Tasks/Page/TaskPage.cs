using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Carafe.Tasks.Page;

/// <summary>Writes the page. It is the same for everybody: what it shows, its script asks for with the credentials of whoever signed in.</summary>
internal static class TaskPage
{
    private static readonly string Html = Read("tasks.html");
    private static readonly string Style = Read("tasks.css");
    private static readonly string Script = Read("tasks.js");

    public static Task WriteAsync(HttpContext context, TaskPageOptions options)
    {
        var nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(Html.Replace("{{style}}", Style, StringComparison.Ordinal)
            .Replace("{{script}}", Script, StringComparison.Ordinal)
            .Replace("{{nonce}}", nonce, StringComparison.Ordinal)
            .Replace("{{title}}", Encode($"{context.RequestServices.GetRequiredService<IHostEnvironment>().ApplicationName} tasks"), StringComparison.Ordinal)
            .Replace("{{settings}}", Encode(JsonSerializer.Serialize(Settings(context, options))), StringComparison.Ordinal));
    }

    // How the app's tokens travel, and where things are. Nothing else is in the page.
    private static Dictionary<string, string?> Settings(HttpContext context, TaskPageOptions options)
    {
        var (root, carrier) = (context.Request.PathBase.Value ?? "", context.RequestServices.GetService<TokenCarrier>() ?? new TokenCarrier());
        return new()
        {
            ["api"] = $"{root}{context.Request.Path.Value!.TrimEnd('/')}/api",
            ["login"] = options.LoginPath is { } login ? root + login : null,
            ["name"] = options.LoginMember,
            ["refresh"] = options.RefreshPath is { } refresh ? root + refresh : null,
            ["header"] = carrier.Header,
            ["before"] = carrier.Format(""),
            ["csrf"] = context.RequestServices.GetService<CookieTokens>()?.CsrfHeader,
        };
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(TaskPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
