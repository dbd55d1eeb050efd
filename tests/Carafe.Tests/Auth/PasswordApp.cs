using Carafe.Auth;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>An <see cref="AuthApp"/> whose login takes a password.</summary>
internal sealed class PasswordApp(AuthApp app) : IAsyncDisposable
{
    public WebApplication Server => app.Server;

    public Microsoft.Extensions.Time.Testing.FakeTimeProvider Clock => app.Clock;

    public static async Task<PasswordApp> StartAsync(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null) =>
        new(await AuthApp.StartAsync(settings: settings, services: services, map: app =>
        {
            app.MapPost("/sign-in", SignIn).AllowAnonymous();
            app.MapPost("/change", Change);
        }));

    public async Task SetPasswordAsync(string password) =>
        await SetHashAsync(await Server.Services.GetRequiredService<PasswordService>().HashAsync(password, TestContext.Current.CancellationToken));

    public Task<int> SetHashAsync(string hash) => app.InScopeAsync(services =>
        services.GetRequiredService<AuthDb>().People.Where(person => person.Username == "alice")
            .ExecuteUpdateAsync(person => person.SetProperty(p => p.PasswordHash, hash)));

    public Task<string> HashAsync() => app.InScopeAsync(services =>
        services.GetRequiredService<AuthDb>().People.Where(person => person.Username == "alice").Select(person => person.PasswordHash).SingleAsync());

    public async Task<HttpResponseMessage> SignInAsync(string email, string password, string from = "192.0.2.1")
    {
        var query = new QueryString().Add("email", email).Add("password", password);
        var context = await Server.GetTestServer().SendAsync(
            context =>
            {
                context.Request.Method = "POST";
                context.Request.Path = "/sign-in";
                context.Request.QueryString = query;
                context.Connection.RemoteIpAddress = IPAddress.Parse(from);
            },
            TestContext.Current.CancellationToken);
        var answer = new HttpResponseMessage((HttpStatusCode)context.Response.StatusCode) { Content = new StreamContent(context.Response.Body) };
        foreach (var header in context.Response.Headers)
        {
            answer.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
        }

        return answer;
    }

    public Task<HttpResponseMessage> ChangeAsync(string token, string current, string next) =>
        app.SendAsync(HttpMethod.Post, $"/change{new QueryString().Add("current", current).Add("next", next)}", token);

    public Task<HttpResponseMessage> GetAsync(string path, string token) => app.GetAsync(path, token);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task<TokenPair> SignIn(string email, string password, AuthDb db, LoginService logins, SessionManager sessions, HttpContext context) =>
        await sessions.StartAsync(await logins.VerifyAsync(await db.People.FirstOrDefaultAsync(person => person.Email == email), email, password, context),
            context);

    private static async Task Change(string current, string next, CurrentUser me, AuthDb db, LoginService logins, HttpContext context) =>
        await logins.ChangePasswordAsync(await db.People.SingleAsync(person => person.Id == me.Id), current, next, context);
}
