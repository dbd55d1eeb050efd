using System.Data.Common;
using System.Text;
using Carafe.Auth;
using Carafe.Tests.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Auth;

public sealed class SessionStoreTests
{
    [Fact]
    public async Task A_store_that_is_down_is_503_and_never_an_open_door()
    {
        var outage = new Outage();
        await using var app = await AuthApp.StartAsync(
            auth => auth.SessionCacheDuration = TimeSpan.Zero, services: services => services.ConfigureDbContext<AuthDb>(db => db.AddInterceptors(outage)));
        var pair = await app.LoginAsync();
        outage.Down = true;
        using var answer = await app.GetAsync("/me", pair.AccessToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(503, (int?)(await AuthApp.BodyAsync(answer))["status"]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await app.GetAsync("/optional", pair.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/open", pair.AccessToken)).StatusCode);
        outage.Down = false;
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task A_store_that_is_down_is_logged_once_and_so_is_its_return()
    {
        var (outage, log) = (new Outage(), new LogLines());
        await using var app = await AuthApp.StartAsync(
            auth => auth.SessionCacheDuration = TimeSpan.Zero,
            services: services => services.ConfigureDbContext<AuthDb>(db => db.AddInterceptors(outage)).AddSingleton<ILoggerProvider>(log));
        var pair = await app.LoginAsync();
        foreach (var round in (int[])[1, 2])
        {
            outage.Down = true;
            for (var request = 0; request < 5; request++)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
            }

            outage.Down = false;
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
            var lines = Enumerable.Repeat((string[])["The session store did not respond", "The session store responds again"], round).SelectMany(pair => pair);
            Assert.Equal(lines, log.Of("Carafe.Auth.StoreLog"));
        }

        Assert.Equal(2, log.From(LogLevel.Error).Count(line => line.StartsWith("Carafe.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public async Task Another_replica_learns_of_a_logout_within_the_lag(int seconds)
    {
        await using var one = await AuthApp.StartAsync(auth => auth.SessionCacheDuration = TimeSpan.FromSeconds(seconds));
        var database = Path.Combine(one.Folder(), "auth.db");
        var secret = one.Services.GetRequiredService<AuthOptions>().JwtSecretKey;
        await using var two = await AuthApp.StartAsync(
            auth => auth.SessionCacheDuration = TimeSpan.FromSeconds(seconds),
            settings: new() { ["JWT_SECRET_KEY"] = secret },
            services: services => services.ConfigureDbContext<AuthDb>(db => db.UseSqlite($"Data Source={database};Foreign Keys=True")),
            replica: true);
        var pair = await one.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, (await two.GetAsync("/me", pair.AccessToken)).StatusCode);
        await one.SendAsync(HttpMethod.Post, "/logout", pair.AccessToken);
        two.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(HttpStatusCode.Unauthorized, (await two.GetAsync("/me", pair.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task Within_the_lag_the_check_costs_no_query()
    {
        var outage = new Outage();
        await using var app = await AuthApp.StartAsync(services: services => services.ConfigureDbContext<AuthDb>(db => db.AddInterceptors(outage)));
        var pair = await app.LoginAsync();
        await app.GetAsync("/silent", pair.AccessToken);
        outage.Down = true;
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/silent", pair.AccessToken)).StatusCode);
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await app.GetAsync("/silent", pair.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task The_database_holds_nothing_that_signs_in()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        var secret = SignedClaims.Read(pair.RefreshToken, access: false).TokenId;
        var bytes = await File.ReadAllBytesAsync(Path.Combine(app.Folder(), "auth.db"), TestContext.Current.CancellationToken);
        var wal = await File.ReadAllBytesAsync(Path.Combine(app.Folder(), "auth.db-wal"), TestContext.Current.CancellationToken);
        foreach (var needle in new[] { Encoding.ASCII.GetBytes(secret), System.Buffers.Text.Base64Url.DecodeFromChars(secret) })
        {
            Assert.Equal(-1, bytes.AsSpan().IndexOf(needle));
            Assert.Equal(-1, wal.AsSpan().IndexOf(needle));
        }
    }

    [Fact]
    public async Task Expired_sessions_are_deleted_in_steps()
    {
        await using var app = await AuthApp.StartAsync();
        var alive = await app.LoginAsync();
        await app.WithAsync<AuthDb>(async db =>
        {
            db.AddRange(Enumerable.Range(0, 1200)
                .Select(_ => new AuthSession { Id = Guid.NewGuid(), UserId = 2, TokenHash = new byte[32], ExpiresAt = app.Clock.GetUtcNow() }));
            await db.SaveChangesAsync();
        });
        await app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<SessionPruner>().Single()
            .PruneAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await app.WithAsync<AuthDb, int>(db => db.Set<AuthSession>().CountAsync()));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", alive.AccessToken)).StatusCode);
    }

    private sealed class Outage : DbCommandInterceptor
    {
        public bool Down { get; set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
            Down ? throw new TimeoutException("The database does not answer.") : new(result);
    }
}
