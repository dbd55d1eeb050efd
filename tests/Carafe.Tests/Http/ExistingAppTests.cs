using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Carafe.Tests.Http;

/// <summary>An app that was there before takes one piece and keeps the rest: docs/from-aspnetcore.md.</summary>
public sealed class ExistingAppTests
{
    [Fact]
    public async Task Its_empty_errors_get_the_standard_format()
    {
        await using var app = await TestApp.StartAsync(Create);

        await app.Client.GetAsync("/orders/2").ExpectError(404);
        await app.Client.GetAsync("/orders/2/unknown").ExpectError(404);
        await app.Client.DeleteAsync("/orders/1").ExpectError(405);
    }

    [Fact]
    public async Task It_keeps_its_naming_policy()
    {
        await using var app = await TestApp.StartAsync(Create);

        var order = await app.Client.GetAsync("/orders/1").Expect(200);

        Assert.Equal(1, order.GetProperty("orderNumber").GetInt32());
    }

    [Fact]
    public async Task It_keeps_its_controllers()
    {
        await using var app = await TestApp.StartAsync(Create);

        Assert.Equal("legacy", await app.Client.GetStringAsync("/legacy"));
        await app.Client.GetAsync("/legacy/missing").ExpectError(404);
    }

    [Fact]
    public async Task It_keeps_its_authentication_and_policies()
    {
        await using var app = await TestApp.StartAsync(Create);

        await app.Client.GetAsync("/admin").ExpectError(401);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin") { Headers = { { "X-Key", "admin" } } };
        using var response = await app.Client.SendAsync(request);
        Assert.Equal("in", await response.Content.ReadAsStringAsync());
    }

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddControllers()
            .ConfigureApplicationPartManager(parts => parts.ApplicationParts.Add(new AssemblyPart(typeof(LegacyController).Assembly)))
            .ConfigureApiBehaviorOptions(options => options.SuppressMapClientErrors = true);
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase);
        builder.Services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, KeyHandler>("key", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("admins", policy => policy.RequireRole("admin"));
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseCarafe();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/orders/{id:int}", (int id) => id == 1 ? Results.Ok(new { OrderNumber = id }) : Results.NotFound());
        app.MapGet("/admin", () => Results.Text("in")).RequireAuthorization("admins");
        app.MapControllers();
        return app;
    }

    private sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var key = Request.Headers["X-Key"].ToString();
            var caller = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, key)], "key"));
            return Task.FromResult(key.Length == 0
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Success(new AuthenticationTicket(caller, "key")));
        }
    }
}

[ApiController]
[Route("legacy")]
public sealed class LegacyController : ControllerBase
{
    [HttpGet]
    public IActionResult Get() => Content("legacy");

    [HttpGet("missing")]
    public IActionResult Missing() => NotFound();
}
