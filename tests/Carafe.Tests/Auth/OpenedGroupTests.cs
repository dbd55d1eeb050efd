using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Routing;

namespace Carafe.Tests.Auth;

/// <summary>What an endpoint requires is asked for, or the app does not start.</summary>
public sealed class OpenedGroupTests
{
    private static readonly Dictionary<string, Action<IEndpointConventionBuilder>> Requirements = new()
    {
        ["admin"] = endpoint => endpoint.RequireAdmin(),
        ["a role"] = endpoint => endpoint.RequireRole("editor"),
        ["self or admin"] = endpoint => endpoint.RequireSelfOrAdmin(),
        ["a recent login"] = endpoint => endpoint.RequireFresh(TimeSpan.FromMinutes(1)),
        ["a scope"] = endpoint => endpoint.RequireScope("a"),
        ["signed in"] = endpoint => endpoint.RequireAuthorization(),
        ["a named policy"] = endpoint => endpoint.RequireAuthorization("named"),
        ["a policy"] = endpoint => endpoint.RequireAuthorization(policy => policy.RequireClaim(ClaimTypes.Name)),
        ["an attribute"] = endpoint => endpoint.WithMetadata(new AuthorizeAttribute { Roles = "admin" }),
        ["a requirement"] = endpoint => endpoint.WithMetadata(new Named()),
    };

    public static TheoryData<string> Names => [.. Requirements.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_group_does_not_open_what_an_endpoint_in_it_requires(string name)
    {
        foreach (var map in (Action<WebApplication>[])[
            app => Direct(app, Requirements[name]),
            app => Nested(app, Requirements[name]),
            app => Inner(app, Requirements[name]),
            app => Late(app, Requirements[name])])
        {
            var fault = await Assert.ThrowsAsync<ConfigurationException>(() => AuthApp.StartAsync(services: AddPolicy, map: map));
            Assert.Contains("AllowAnonymous() on a group opens", Assert.Single(fault.Errors), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_endpoint_may_open_itself_in_a_group_that_requires(string name)
    {
        await using var app = await AuthApp.StartAsync(services: AddPolicy, map: server =>
        {
            var group = server.MapGroup("/g");
            Requirements[name](group);
            group.MapGet("/x", () => "open").AllowAnonymous();
            group.MapGet("/y", () => "closed");
        });
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/g/x")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/g/y")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_app_without_auth_does_not_start_with_an_endpoint_that_requires(string name)
    {
        await using var app = SmallApp.Build(["--environment", "Testing"], map: app =>
        {
            Requirements[name](app.MapGet("/x", () => ""));
        });
        Assert.Contains("GET /x", Assert.Single(await SmallApp.FaultsAsync(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_platforms_authorization_serves_too_after_routing_alone()
    {
        await using var good = SmallApp.Build(["--environment", "Testing"], AddPlatform, app =>
        {
            app.UseAuthorization();
            app.MapGet("/x", () => "").RequireAuthorization();
        });
        await good.StartAsync(TestContext.Current.CancellationToken);

        var builder = CarafeApp.CreateBuilder(["--environment", "Testing"]);
        AddPlatform(builder);
        await using var early = builder.Build();
        early.UseAuthorization();
        early.UseCarafe();
        early.MapGet("/x", () => "").RequireAuthorization();
        Assert.Contains("GET /x", Assert.Single(await SmallApp.FaultsAsync(early)), StringComparison.Ordinal);
    }

    private static void AddPlatform(WebApplicationBuilder builder) => builder.Services.AddAuthorization().AddAuthentication().AddJwtBearer();

    private static void AddPolicy(IServiceCollection services) =>
        services.AddAuthorizationBuilder().AddPolicy("named", policy => policy.RequireAuthenticatedUser());

    private static void Direct(IEndpointRouteBuilder app, Action<IEndpointConventionBuilder> require)
    {
        require(app.MapGroup("/g").AllowAnonymous().MapGet("/x", () => ""));
    }

    private static void Nested(WebApplication app, Action<IEndpointConventionBuilder> require)
    {
        require(app.MapGroup("/g").AllowAnonymous().MapGroup("/h").MapGet("/x", () => ""));
    }

    private static void Inner(WebApplication app, Action<IEndpointConventionBuilder> require)
    {
        var group = app.MapGroup("/g").AllowAnonymous().MapGroup("/h");
        require(group);
        group.MapGet("/x", () => "");
    }

    private static void Late(WebApplication app, Action<IEndpointConventionBuilder> require)
    {
        var group = app.MapGroup("/g");
        require(group.MapGet("/x", () => ""));
        group.AllowAnonymous();
    }

    private sealed class Named : IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new DenyAnonymousAuthorizationRequirement()];
    }
}
