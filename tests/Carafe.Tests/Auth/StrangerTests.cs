using Carafe.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Hosting;

namespace Carafe.Tests.Auth;

/// <summary>Requests without credentials go past authentication, unless anything but the kit's own bearer scheme could know them.</summary>
public sealed class StrangerTests
{
    private const string Bearer = JwtBearerDefaults.AuthenticationScheme;

    private static readonly Dictionary<string, Action<IServiceCollection>> Ways = new()
    {
        ["the default scheme"] = services => AddDoor(services).AddAuthentication("Door"),
        ["ForwardAuthenticate"] = services => AddDoor(services).PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.ForwardAuthenticate = "Door"),
        ["ForwardDefault"] = services => AddDoor(services).PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.ForwardDefault = "Door"),
        ["ForwardDefaultSelector"] = services => AddDoor(services).PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.ForwardDefaultSelector = _ => "Door"),
        ["an event"] = services => services.PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.Events.OnMessageReceived = Doors.Accept),
        ["one more event"] = services => services.PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.Events.OnMessageReceived = Doors.Enter + bearer.Events.OnMessageReceived),
        ["a class of events"] = services => services.PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.Events = new Doors.OwnEvents { OnMessageReceived = bearer.Events.OnMessageReceived }),
        ["a type of events"] = services => services.AddSingleton<Doors.OwnEvents>().PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.EventsType = typeof(Doors.OwnEvents)),
        ["the service"] = services => services.AddScoped<IAuthenticationService, Doors.OwnService>(),
        ["the handlers"] = services => services.AddScoped<IAuthenticationHandlerProvider, Doors.OwnHandlers>(),
        ["the bearer handler"] = services => services.AddTransient<JwtBearerHandler, Doors.OwnHandler>(),
        ["the evaluator of policies"] = services => services.AddSingleton<IPolicyEvaluator, Doors.OwnEvaluator>(),
        ["the fallback policy"] = services => AddDoor(services).AddAuthorizationBuilder().SetFallbackPolicy(Doors.Policy()),
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Who_is_known_by_other_means_is_known_at_open_endpoints(string means)
    {
        await using var app = await AuthApp.StartAsync(services: Ways[means], map: MapWho);
        Assert.Equal("door", await TextAsync(app, "/who"));
    }

    [Fact]
    public async Task A_policy_that_comes_late_is_heeded()
    {
        await using var app = await AuthApp.StartAsync(services: services => AddDoor(services).AddSingleton<IAuthorizationPolicyProvider, Doors.OwnPolicies>(), map: MapWho);
        Assert.Equal("nobody", await TextAsync(app, "/who"));
        Assert.Equal("door", await TextAsync(app, "/who"));
    }

    [Fact]
    public async Task A_stranger_at_an_open_endpoint_is_not_looked_for()
    {
        await using var app = await AuthApp.StartAsync(map: MapWho);
        Assert.Equal("False", await TextAsync(app, "/asked"));
        Assert.Equal("False", await TextAsync(app, "/asked-optional"));
        var token = (await app.LoginAsync()).AccessToken;
        Assert.Equal("True", await TextAsync(app, "/asked", token));
        Assert.Equal("True", await TextAsync(app, "/asked-optional", token));
    }

    [Fact]
    public async Task A_cookie_is_looked_at_where_cookies_are_on()
    {
        await using var app = await AuthApp.StartAsync(auth => auth.UseCookies = true, map: MapWho);
        Assert.Equal("False", await TextAsync(app, "/asked"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/optional");
        request.Headers.TryAddWithoutValidation("Cookie", $"__Host-access={(await app.LoginAsync()).AccessToken}");
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("alice", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_token_that_the_app_reads_from_elsewhere_signs_in()
    {
        await using var app = await AuthApp.StartAsync(services: services => services.PostConfigure<JwtBearerOptions>(Bearer, bearer =>
        {
            var kit = bearer.Events.OnMessageReceived;
            bearer.Events.OnMessageReceived = context =>
            {
                context.Request.Headers.Authorization = context.Request.Query["token"].Select(token => $"Bearer {token}").ToArray();
                return kit(context);
            };
        }));
        Assert.Equal("alice", await TextAsync(app, $"/optional?token={(await app.LoginAsync()).AccessToken}"));
        Assert.Equal("nobody", await TextAsync(app, "/optional"));
    }

    [Fact]
    public async Task A_scheme_that_takes_requests_takes_them_even_when_it_comes_late()
    {
        await using var app = await AuthApp.StartAsync();
        Assert.Equal("open", await TextAsync(app, "/open"));
        app.Server.Services.GetRequiredService<IAuthenticationSchemeProvider>().AddScheme(new AuthenticationScheme("Gate", null, typeof(Doors.Gate)));
        Assert.Equal("gate", await TextAsync(app, "/open"));
    }

    [Fact]
    public async Task A_policy_of_an_open_endpoint_signs_in_by_its_schemes()
    {
        await using var app = await AuthApp.StartAsync(services: services => AddDoor(services), map: MapWho);
        Assert.Equal("nobody", await TextAsync(app, "/who"));
        Assert.Equal("door", await TextAsync(app, "/who-by-policy"));
        Assert.Equal("door", await TextAsync(app, "/who-by-attribute"));
    }

    [Fact]
    public async Task Whoever_was_signed_in_before_stays_so_and_has_a_result()
    {
        await using var app = await AuthApp.StartAsync(services: services => services.AddSingleton<IStartupFilter, Doors.SignedInBefore>(), map: MapWho);
        Assert.Equal("door", await TextAsync(app, "/who"));
        Assert.Equal("True", await TextAsync(app, "/has-result"));
    }

    [Fact]
    public async Task An_app_without_a_fallback_is_open_where_it_says_nothing_and_closed_where_it_says_so()
    {
        await using var app = await AuthApp.StartAsync(services: services => services.AddAuthorizationBuilder().SetFallbackPolicy(null!), map: MapWho);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/silent")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/admin")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me")).StatusCode);
    }

    private static void MapWho(WebApplication app)
    {
        app.MapGet("/who", Who).AllowAnonymous();
        app.MapGet("/who-by-policy", Who).RequireAuthorization(Doors.Policy()).AllowAnonymous();
        app.MapGet("/who-by-attribute", Who).WithMetadata(new AuthorizeAttribute { AuthenticationSchemes = "Door" }).AllowAnonymous();
        app.MapGet("/asked", Asked).AllowAnonymous();
        app.MapGet("/asked-optional", (CurrentUser? me, HttpContext context) => Asked(context)).AllowAnonymous();
        app.MapGet("/has-result", (HttpContext context) => $"{context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Succeeded}").AllowAnonymous();
    }

    private static string Who(HttpContext context) => context.User.Identity?.Name ?? "nobody";

    private static string Asked(HttpContext context) => $"{context.Features.Get<IAuthenticationFeature>() is not null}";

    private static async Task<string> TextAsync(AuthApp app, string path, string? token = null)
    {
        using var answer = await app.GetAsync(path, token);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static IServiceCollection AddDoor(IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, Doors.Door>("Door", null);
        return services;
    }
}
