using Carafe.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Extensions;

namespace Carafe.Http;

/// <summary>Sends what comes to HTTP_REDIRECT_PORT to the address with TLS, with its method and body (308).</summary>
internal static class HttpsRedirect
{
    private const int DefaultPort = 443;

    public static void UseHttpsRedirect(this WebApplication app)
    {
        if (app.Services.GetRequiredService<TlsSettings>().HttpRedirectPort is not { } port)
        {
            return;
        }

        app.Use(next => context =>
        {
            if (context.Connection.LocalPort != port || context.Request.IsHttps)
            {
                return next(context);
            }

            var (request, response) = (context.Request, context.Response);
            var target = Target(app.Services.GetRequiredService<IServer>());
            var host = target == DefaultPort ? new HostString(request.Host.Host) : new HostString(request.Host.Host, target);
            response.StatusCode = StatusCodes.Status308PermanentRedirect;
            response.Headers.Location = UriHelper.BuildAbsolute("https", host, request.PathBase, request.Path, request.QueryString);
            return Task.CompletedTask;
        });
    }

    private static int Target(IServer server) =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses
            .FirstOrDefault(address => address.StartsWith("https:", StringComparison.Ordinal)) is { } secure
            ? BindingAddress.Parse(secure).Port
            : DefaultPort;
}
