using Carafe.Auth;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>Signs in to an <see cref="AuthApp"/> with a password. Alice has none until a test sets one.</summary>
internal static class Passwords
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/sign-in", SignIn).AllowAnonymous();
        app.MapPost("/change", Change);
    }

    public static async Task SetPasswordAsync(this TestApp app, string password) =>
        await app.SetHashAsync(await app.Services.GetRequiredService<PasswordService>().HashAsync(password, TestContext.Current.CancellationToken));

    public static Task<int> SetHashAsync(this TestApp app, string hash) => app.WithAsync<AuthDb, int>(db =>
        db.People.Where(person => person.Username == "alice").ExecuteUpdateAsync(person => person.SetProperty(p => p.PasswordHash, hash)));

    public static Task<string> HashAsync(this TestApp app) => app.WithAsync<AuthDb, string>(db =>
        db.People.Where(person => person.Username == "alice").Select(person => person.PasswordHash).SingleAsync());

    public static async Task<HttpResponseMessage> SignInAsync(this TestApp app, string email, string password, string from = "192.0.2.1")
    {
        var query = new QueryString().Add("email", email).Add("password", password);
        var context = await app.GetTestServer().SendAsync(
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

    public static Task<HttpResponseMessage> ChangeAsync(this TestApp app, string token, string current, string next) =>
        app.SendAsync(HttpMethod.Post, $"/change{new QueryString().Add("current", current).Add("next", next)}", token);

    private static async Task<TokenPair> SignIn(string email, string password, AuthDb db, LoginService logins, SessionManager sessions, HttpContext context) =>
        await sessions.StartAsync(await logins.VerifyAsync(await db.People.FirstOrDefaultAsync(person => person.Email == email), email, password, context),
            context);

    private static async Task Change(string current, string next, CurrentUser me, AuthDb db, LoginService logins, HttpContext context) =>
        await logins.ChangePasswordAsync(await db.People.SingleAsync(person => person.Id == me.Id), current, next, context);
}
