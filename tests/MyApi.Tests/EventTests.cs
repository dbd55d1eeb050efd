using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MyApi.Tests;

/// <summary>What happens to accounts is logged under the ids of docs/logs.md, and nothing secret with it.</summary>
public sealed class EventTests
{
    private const string Next = "another horse battery";

    [Fact]
    public async Task What_happens_to_an_account_is_an_event_with_an_id_and_holds_nothing_secret()
    {
        using var log = new Events();
        await using var app = await Api.StartAsync(builder => builder.Logging.AddProvider(log));
        await app.Client.RegisterAsync("alice").Expect(201);
        var login = new { email = "alice@example.com", password = Api.Password };
        await app.Client.PostJson("/auth/login", login with { password = "wrong horse battery" }).ExpectError(401);
        var first = await app.Client.PostJson("/auth/login", login).Expect<Carafe.Auth.TokenPair>(200);
        var second = await app.WithToken(first.RefreshToken).PostJson("/auth/refresh", new { }).Expect<Carafe.Auth.TokenPair>(200);
        var client = app.WithToken(second.AccessToken);
        await client.PostJson("/products", new { name = "Lamp", price = 1, stock = 1 }).ExpectError(403);
        await client.PostJson("/auth/logout", new { }).Expect(204);

        Assert.Superset(new HashSet<int> { 4001, 4102, 4103, 4104, 4105, 4107 }, log.Seen.Select(line => line.Id).ToHashSet());
        string[] secrets = [Api.Password, Next, first.AccessToken, first.RefreshToken, second.AccessToken, second.RefreshToken, "alice@example.com"];
        Assert.Equal([], log.Seen.Where(line => secrets.Any(secret => line.Text.Contains(secret, StringComparison.OrdinalIgnoreCase))));
        var refused = log.Seen.Single(line => line.Text.StartsWith("POST /products", StringComparison.Ordinal)).Text;
        Assert.Matches("^POST /products 403 .* by 1 on /products/? trace [0-9a-f]{32}$", refused);
    }

    private sealed class Events : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(int Id, string Text)> Seen { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.Enqueue((eventId.Id, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
