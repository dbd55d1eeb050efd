using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ResourceServer;

/// <summary>
/// Accepts MyApi's access tokens and needs three settings: ISSUER, AUDIENCE and JWKS_URL. It has no Carafe and shares no secret. It cannot see a logout
/// either, so a token is valid here until it expires.
/// </summary>
public static class Server
{
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton<HttpClient>();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication().AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<HttpClient, IConfiguration>(Configure);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/whoami", (ClaimsPrincipal caller) => caller.FindFirstValue("sub")).RequireAuthorization();
        app.MapGet("/admin", () => "hello, admin").RequireAuthorization(policy => policy.RequireClaim("roles", "admin"));
        return app;
    }

    private static void Configure(JwtBearerOptions options, HttpClient http, IConfiguration settings)
    {
        // Fetches the JWKS once, again every few hours, and when a token names a key that it does not have.
        options.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            settings["JWKS_URL"]!, new JwksReader(),
            new HttpDocumentRetriever(http) { RequireHttps = !settings["JWKS_URL"]!.StartsWith("http://localhost", StringComparison.Ordinal) });
        options.MapInboundClaims = false;
        options.TokenValidationParameters.ValidIssuer = settings["ISSUER"];
        options.TokenValidationParameters.ValidAudience = settings["AUDIENCE"];
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
        options.TokenValidationParameters.ValidAlgorithms = ["ES256", "RS256"];
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(10);
    }
}
