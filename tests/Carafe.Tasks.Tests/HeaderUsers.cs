using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Carafe.Tasks.Tests;

/// <summary>Signs in whom the header X-User names: this package knows no accounts.</summary>
internal sealed class HeaderUsers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(Request.Headers["X-User"] is [{ } user] && user.Split(' ') is [var id, var role]
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new("sub", id), new("role", role)], "header", "sub", "role")), "header"))
            : AuthenticateResult.NoResult());
}
