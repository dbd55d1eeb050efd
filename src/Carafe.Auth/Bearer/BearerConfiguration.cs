using Microsoft.AspNetCore.Authentication;

namespace Carafe.Auth;

/// <summary>Gives the platform's schemes their section, as AddAuthentication does.</summary>
internal sealed class BearerConfiguration(IConfiguration configuration) : IAuthenticationConfigurationProvider
{
    public IConfiguration AuthenticationConfiguration => configuration.GetSection("Authentication");
}
