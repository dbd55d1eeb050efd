using Carafe.Data.Limits;
using Carafe.Limits;
using Carafe.Redis;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Carafe.Tests.Limits;

/// <summary>One store of each kind, with nothing in it.</summary>
internal sealed class LimitStores : IAsyncDisposable
{
    public const string Memory = "memory";
    public const string Redis = "redis";
    public const string Postgres = "postgresql";

    private readonly List<IAsyncDisposable> _owned = [];

    public required ILimitStore Store { get; init; }

    public FakeTimeProvider Clock { get; private init; } = new();

    public RedisServer? RedisServer { get; private init; }

    public string? PostgresUrl { get; private init; }

    public static async Task<LimitStores> OpenAsync(string kind)
    {
        var clock = new FakeTimeProvider();
        if (kind == Memory)
        {
            return new LimitStores { Store = new MemoryLimitStore(clock), Clock = clock };
        }

        if (kind == Redis)
        {
            Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
            var server = await RedisServer.StartAsync();
            var connection = new RedisConnection(new RedisSettings { RedisUrl = server.Url }, new Environment());
            return new LimitStores { Store = new RedisLimitStore(connection), RedisServer = server, _owned = { connection, server } };
        }

        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var store = new PostgresLimitStore(ConnectionString(url));
        return new LimitStores { Store = store, PostgresUrl = url, _owned = { store } };
    }

    public static string ConnectionString(string url)
    {
        var parsed = new Uri(url);
        return new NpgsqlConnectionStringBuilder
        {
            Host = parsed.Host,
            Port = parsed.Port,
            Database = parsed.AbsolutePath.Trim('/'),
            Username = "postgres",
        }.ConnectionString;
    }

    public async Task<(bool Allowed, LimitState[] States)> TakeAsync(params LimitTake[] takes)
    {
        var states = new LimitState[takes.Length];
        return (await Store.TakeAsync(takes, states, TestContext.Current.CancellationToken), states);
    }

    public async Task<LimitState> AllowedAsync(params LimitTake[] takes)
    {
        var (allowed, states) = await TakeAsync(takes);
        Assert.True(allowed);
        return states[0];
    }

    public async Task<LimitState> RefusedAsync(params LimitTake[] takes)
    {
        var (allowed, states) = await TakeAsync(takes);
        Assert.False(allowed);
        return states[0];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _owned)
        {
            await one.DisposeAsync();
        }
    }

    private sealed class Environment : Microsoft.Extensions.Hosting.IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Testing";

        public string ApplicationName { get; set; } = "tests: {x}";

        public string ContentRootPath { get; set; } = "/";

        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } =
            new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
