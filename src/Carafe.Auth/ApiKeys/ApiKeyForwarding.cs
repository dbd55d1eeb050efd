using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Carafe.Auth;

/// <summary>Lets the scheme of API keys authenticate, and refuse, each request that has one.</summary>
internal sealed class ApiKeyForwarding(ApiKeyCarrier carrier) : IPostConfigureOptions<JwtBearerOptions>
{
    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (name == JwtBearerDefaults.AuthenticationScheme)
        {
            var own = options.ForwardDefaultSelector;
            options.ForwardDefaultSelector = context => context.Request.Headers.ContainsKey(carrier.Header) ? ApiKeyHandler.Name : own?.Invoke(context);
        }
    }
}
