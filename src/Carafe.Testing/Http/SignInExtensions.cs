using Carafe.Auth;

namespace Carafe.Testing;

/// <summary>Signs in without a password.</summary>
public static class SignInExtensions
{
    /// <summary>Creates a client that is signed in as an account, with a real session and a real access token.</summary>
    /// <param name="app">The app.</param>
    /// <param name="account">An account that is saved in the app's database.</param>
    public static HttpClient As(this TestApp app, IAccount account) =>
        app.WithToken(app.SignInAsync(account).GetAwaiter().GetResult().AccessToken);

    /// <summary>Starts a session for an account and returns its tokens.</summary>
    /// <param name="app">The app.</param>
    /// <param name="account">An account that is saved in the app's database.</param>
    public static Task<TokenPair> SignInAsync(this TestApp app, IAccount account) =>
        app.WithAsync<SessionManager, TokenPair>(sessions => sessions.StartAsync(account, new DefaultHttpContext()));
}
