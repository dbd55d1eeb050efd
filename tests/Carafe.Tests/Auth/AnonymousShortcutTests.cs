using System.Text.Encodings.Web;
using Carafe.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Carafe.Tests.Auth;

/// <summary>Only requests without credentials to endpoints that are open to everybody go past authorization.</summary>
public sealed class AnonymousShortcutTests
{
    private const string Bearer = JwtBearerDefaults.AuthenticationScheme;

    private static readonly Dictionary<string, Action<IServiceCollection>> Reasons = new()
    {
        ["the option"] = services => services.Configure<AuthOptions>(auth => auth.AnonymousShortcut = false),
        ["another scheme"] = services => services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, Nobody>("Other", null),
        ["another default scheme"] = services => services.AddAuthentication("Other").AddScheme<AuthenticationSchemeOptions, Nobody>("Other", null),
        ["an event"] = services => services.PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.Events.OnMessageReceived = _ => Task.CompletedTask),
        ["one more event"] = services => services.PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.Events.OnMessageReceived += _ => Task.CompletedTask),
        ["a class of events"] = services =>
        services.PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.Events = new OwnEvents { OnMessageReceived = bearer.Events.OnMessageReceived }),
        ["a type of events"] = services =>
        services.AddSingleton<OwnEvents>().PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.EventsType = typeof(OwnEvents)),
        ["a selector"] = services => services.PostConfigure<JwtBearerOptions>(Bearer, bearer => bearer.ForwardDefaultSelector = _ => null),
        ["a fallback policy"] = services =>
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole("nobody").Build()),
    };

    public static TheoryData<string> Names => [.. Reasons.Keys];

    [Fact]
    public async Task Only_a_request_without_credentials_to_an_open_endpoint_takes_it()
    {
        await using var app = await AuthApp.StartAsync(map: Map);
        var token = (await app.LoginAsync()).AccessToken;
        Assert.Equal("False", await TextAsync(app, "/asked-openly"));
        Assert.Equal("True", await TextAsync(app, "/asked-openly", token));
        Assert.Equal("True", await TextAsync(app, "/asked", token));
        Assert.Equal("True", await TextAsync(app, "/asked-by-role", token));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/asked")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_off_where_the_app_may_know_more(string reason)
    {
        await using var app = await AuthApp.StartAsync(services: Reasons[reason], map: Map);
        Assert.Equal("True", await TextAsync(app, "/asked-openly"));
    }

    [Theory]
    [InlineData("9.0", false)]
    [InlineData("10.0.4", true)]
    [InlineData("11.0", false)]
    [InlineData("12.0", false)]
    public async Task It_is_off_on_a_version_that_it_was_not_proven_on(string version, bool on)
    {
        await using var app = await AuthApp.StartAsync();
        Assert.Equal(on, app.Services.GetRequiredService<AnonymousShortcut>().IsAllowed(Version.Parse(version)));
    }

    [Fact]
    public async Task A_cookie_is_a_credential_where_cookies_are_on()
    {
        await using var app = await AuthApp.StartAsync(auth => auth.UseCookies = true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/optional");
        request.Headers.TryAddWithoutValidation("Cookie", $"__Host-access={(await app.LoginAsync()).AccessToken}");
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("alice", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/asked", Asked);
        app.MapGet("/asked-openly", Asked).AllowAnonymous();
        app.MapGet("/asked-by-role", Asked).RequireRole(Roles.User);
    }

    // The platform's authorization leaves a note for the endpoint.
    private static string Asked(HttpContext context) => $"{context.Items.Keys.Any(key => $"{key}".Contains("Authorization", StringComparison.Ordinal))}";

    private static async Task<string> TextAsync(TestApp app, string path, string? token = null)
    {
        using var answer = await app.GetAsync(path, token);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private sealed class OwnEvents : JwtBearerEvents;

    private sealed class Nobody(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
