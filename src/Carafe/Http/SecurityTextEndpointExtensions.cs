using System.Globalization;
using System.Text;
using Carafe;
using Carafe.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the file that says whom to tell of a security hole.</summary>
public static class SecurityTextEndpointExtensions
{
    // RFC 9116 section 2.5.5 recommends less than a year. It is counted from the day of the request: an app that answers is looked after.
    private const int Days = 90;

    /// <summary>
    /// Maps <c>/.well-known/security.txt</c> (RFC 9116) when <c>SECURITY_CONTACT</c> is set: the contacts, an expiry 90 days ahead, and the page of
    /// <c>SECURITY_POLICY</c>. Without a contact it maps nothing.
    /// </summary>
    /// <param name="app">The app.</param>
    public static IEndpointRouteBuilder MapSecurityText(this IEndpointRouteBuilder app)
    {
        var settings = app.ServiceProvider.GetRequiredService<SecurityContactSettings>();
        if (settings.SecurityContact.Length > 0)
        {
            app.MapGet("/.well-known/security.txt", (TimeProvider clock) => TypedResults.Text(Text(settings, clock), "text/plain", Encoding.UTF8))
                .WithName("security.Contact").WithMetadata(new UnlimitedMetadata()).AllowAnonymous().ExcludeFromDescription();
        }

        return app;
    }

    private static string Text(SecurityContactSettings settings, TimeProvider clock)
    {
        var text = new StringBuilder();
        foreach (var contact in settings.SecurityContact)
        {
            text.Append("Contact: ").Append(contact).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"Expires: {clock.GetUtcNow().UtcDateTime.Date.AddDays(Days):yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        return settings.SecurityPolicy is { } policy ? text.Append("Policy: ").Append(policy.AbsoluteUri).Append('\n').ToString() : text.ToString();
    }
}
