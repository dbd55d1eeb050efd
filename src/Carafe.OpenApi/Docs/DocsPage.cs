using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Carafe.OpenApi.Docs;

/// <summary>
/// The page around Scalar's script: it signs in, sends what Scalar builds with the right token, and says where the document is when there is no script.
/// </summary>
internal static class DocsPage
{
    private static readonly string Html = Read("docs.html");
    private static readonly string Style = Read("docs.css");
    private static readonly string Script = Read("docs.js");

    public static Task WriteAsync(HttpContext context)
    {
        if (context.GetRouteValue("documentName") is not null)
        {
            throw Abort.NotFound();
        }

        // Nothing is loaded from elsewhere, nothing runs but the two scripts of this page, and nothing is told to anybody: the browser holds the page to that.
        var nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
                $"connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            Fill(context.Request.PathBase.Value ?? "", nonce, context.RequestServices.GetRequiredService<IHostEnvironment>().ApplicationName));
    }

    private static string Fill(string root, string nonce, string app)
    {
        var document = $"{root}/openapi/{OpenApiDocuments.Default}.json";
        var settings = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["base"] = root,
            ["sources"] = new[] { new Dictionary<string, string> { ["title"] = OpenApiDocuments.Default, ["url"] = document } },
        });
        return Html.Replace("{{style}}", Style, StringComparison.Ordinal)
            .Replace("{{script}}", Script, StringComparison.Ordinal)
            .Replace("{{nonce}}", nonce, StringComparison.Ordinal)
            .Replace("{{title}}", Encode($"{app} reference"), StringComparison.Ordinal)
            .Replace("{{base}}", Encode(root), StringComparison.Ordinal)
            .Replace("{{document}}", Encode(document), StringComparison.Ordinal)
            .Replace("{{settings}}", Encode(settings), StringComparison.Ordinal);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(DocsPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
