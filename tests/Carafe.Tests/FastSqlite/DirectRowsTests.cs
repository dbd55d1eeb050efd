using System.Data.Common;
using System.Diagnostics;
using Carafe.FastSqlite.Reads;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

#pragma warning disable EF1001 // The service that an app can put back is marked internal.

namespace Carafe.Tests.FastSqlite;

/// <summary>A query is read without EF Core's command only where nobody could tell.</summary>
public sealed class DirectRowsTests
{
    public static TheoryData<string> Listeners =>
    [
        "a log", "a log of one event", "LogTo", "an interceptor of readers", "two interceptors of commands", "a trace", "a retrying strategy",
        "a strategy of the app's own", "EF Core's own way put back", "a logger of the app's own",
    ];

    [Fact]
    public async Task Nobody_listens_and_rows_are_read_directly()
    {
        await using var app = new App();
        Assert.False(await app.IsLeftToEfAsync());
        Assert.False(await app.IsLeftToEfAsync(options => options.EnableSensitiveDataLogging().EnableDetailedErrors()));
        Assert.False(await app.IsLeftToEfAsync(options => options.UseLoggerFactory(new Lines(LogLevel.Warning))));
        Assert.False(await app.IsLeftToEfAsync(options => options.AddInterceptors(new NonQueries(), new Connections())));
        Assert.False(await app.IsLeftToEfAsync(options => options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.CommandExecuted))));
    }

    [Theory]
    [MemberData(nameof(Listeners))]
    public async Task Whoever_listens_has_them_read_by_EF_Core(string listener)
    {
        await using var app = new App();
        Assert.True(await app.IsLeftToEfAsync(options => _ = listener switch
        {
            "a log" => options.UseLoggerFactory(new Lines(LogLevel.Debug)),
            "a log of one event" => options.UseLoggerFactory(new Lines(LogLevel.Warning))
                .ConfigureWarnings(warnings => warnings.Log((RelationalEventId.DataReaderDisposing, LogLevel.Warning))),
            "LogTo" => options.LogTo(_ => { }, [RelationalEventId.CommandExecuted]),
            "an interceptor of readers" => options.AddInterceptors(new Readers()),
            "two interceptors of commands" => options.AddInterceptors(new NonQueries(), new Readers()),
            "a retrying strategy" => options.UseSqlite(app.Source, sqlite => sqlite.ExecutionStrategy(given => new Retrying(given))),
            "a strategy of the app's own" => options.UseSqlite(app.Source, sqlite => sqlite.ExecutionStrategy(given => new Once(given))),
            "EF Core's own way put back" =>
                options.ReplaceService<IShapedQueryCompilingExpressionVisitorFactory, RelationalShapedQueryCompilingExpressionVisitorFactory>(),
            "a logger of the app's own" => options.ReplaceService<IRelationalCommandDiagnosticsLogger, OwnLogger>(),
            _ => options.UseInternalServiceProvider(new ServiceCollection()
                .AddSingleton<DiagnosticSource>(Traced()).AddEntityFrameworkSqlite().AddEntityFrameworkFastSqlite().BuildServiceProvider()),
        }));
    }

    [Fact]
    public async Task The_way_is_closed_and_opened_as_listeners_come_and_go()
    {
        await using var app = new App();
        var lines = new Lines(LogLevel.Warning);
        await using var db = app.Open(options => options.UseLoggerFactory(lines));
        Assert.False(await App.IsLeftToEfAsync(db));
        lines.Minimum = LogLevel.Information;
        Assert.True(await App.IsLeftToEfAsync(db));
        Assert.Contains(lines.Written, line => line.Contains("Executed DbCommand", StringComparison.Ordinal));
        lines.Minimum = LogLevel.Warning;
        Assert.False(await App.IsLeftToEfAsync(db));
        await using (await db.Database.BeginTransactionAsync())
        {
            Assert.True(await App.IsLeftToEfAsync(db));
        }

        Assert.False(await App.IsLeftToEfAsync(db));
        await db.Database.OpenConnectionAsync();
        await db.Database.ExecuteSqlRawAsync("CREATE TEMP TABLE mine (id)");
        Assert.True(await App.IsLeftToEfAsync(db));
        await db.Database.CloseConnectionAsync();
        Assert.False(await App.IsLeftToEfAsync(db));
        ((SqliteConnection)db.Database.GetDbConnection()).CreateFunction("mine", () => 1);
        Assert.True(await App.IsLeftToEfAsync(db));
    }

    [Theory]
    [InlineData(typeof(NonQueries), false)]
    [InlineData(typeof(Readers), true)]
    [InlineData(typeof(Creators), true)]
    [InlineData(typeof(Bare), false)]
    [InlineData(typeof(BareReaders), true)]
    public void An_interceptor_takes_part_in_queries_if_it_does_more_in_them_than_its_base(Type type, bool expected) =>
        Assert.Equal(expected, QueryListeners.Intercepts(type));

    [Fact]
    public async Task Rows_that_are_closed_after_their_context_went_back_to_its_pool_leave_the_next_one_alone()
    {
        await using var app = new App();
        await app.Open().DisposeAsync();
        var pool = new PooledDbContextFactory<NotesDb>(new DbContextOptionsBuilder<NotesDb>().UseSqlite(app.Source).UseFastSqlite(app.Fast).Options);
        var first = await pool.CreateDbContextAsync();
        var abandoned = first.Notes.AsAsyncEnumerable().GetAsyncEnumerator();
        Assert.True(await abandoned.MoveNextAsync());
        await first.DisposeAsync();
        await using var second = await pool.CreateDbContextAsync();
        Assert.Same(first, second);
        await using var rows = second.Notes.AsAsyncEnumerable().GetAsyncEnumerator();
        Assert.True(await rows.MoveNextAsync());
        await abandoned.DisposeAsync();
        Assert.Equal(System.Data.ConnectionState.Open, second.Database.GetDbConnection().State);
        Assert.False(await rows.MoveNextAsync());
    }

    [Fact]
    public void EF_Core_makes_a_query_of_the_parts_that_are_expected() => Assert.True(DirectQueryVisitorFactory.IsShapeKnown);

    private static DiagnosticListener Traced()
    {
        var source = new DiagnosticListener("mine");
        source.Subscribe(new Subscriber());
        return source;
    }

    private sealed class App : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("carafe-direct-").FullName;

        public FastSqliteOptions Fast { get; } = new();

        public string Source => $"Data Source={Path.Combine(_folder, "notes.db")}";

        public static async Task<bool> IsLeftToEfAsync(NotesDb db)
        {
            await using var rows = db.Notes.AsAsyncEnumerable().GetAsyncEnumerator();
            Assert.True(await rows.MoveNextAsync());
            return rows is not DirectEnumerator<Note> direct || direct.IsLeftToEf;
        }

        public async Task<bool> IsLeftToEfAsync(Action<DbContextOptionsBuilder>? more = null)
        {
            await using var db = Open(more);
            // The second reads what the first has compiled.
            return await IsLeftToEfAsync(db) & await IsLeftToEfAsync(db);
        }

        public NotesDb Open(Action<DbContextOptionsBuilder>? more = null)
        {
            var options = new DbContextOptionsBuilder<NotesDb>().UseSqlite(Source).UseFastSqlite(Fast);
            if (!File.Exists(Path.Combine(_folder, "notes.db")))
            {
                using var first = new NotesDb(options.Options);
                first.Database.EnsureCreated();
                first.Notes.Add(new Note { Text = "one" });
                first.SaveChanges();
            }

            more?.Invoke(options);
            return new NotesDb(options.Options);
        }

        public async ValueTask DisposeAsync()
        {
            await Fast.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private sealed class NonQueries : DbCommandInterceptor
    {
        public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result) => result;
    }

    private sealed class Readers : DbCommandInterceptor
    {
        public override ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default) => new(result);
    }

    private sealed class Creators : DbCommandInterceptor
    {
        public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result) => result;
    }

    private sealed class Bare : IDbCommandInterceptor;

    private sealed class BareReaders : IDbCommandInterceptor
    {
        public void CommandFailed(DbCommand command, CommandErrorEventData eventData)
        {
        }
    }

    private sealed class Connections : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
        }
    }

    private sealed class Retrying(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 2, TimeSpan.Zero)
    {
        protected override bool ShouldRetryOn(Exception exception) => false;
    }

    private sealed class Once(ExecutionStrategyDependencies dependencies) : IExecutionStrategy
    {
        public bool RetriesOnFailure => false;

        public TResult Execute<TState, TResult>(
            TState state, Func<DbContext, TState, TResult> operation, Func<DbContext, TState, ExecutionResult<TResult>>? verifySucceeded) =>
            operation(dependencies.CurrentContext.Context, state);

        public Task<TResult> ExecuteAsync<TState, TResult>(
            TState state, Func<DbContext, TState, CancellationToken, Task<TResult>> operation,
            Func<DbContext, TState, CancellationToken, Task<ExecutionResult<TResult>>>? verifySucceeded, CancellationToken cancellationToken = default) =>
            operation(dependencies.CurrentContext.Context, state, cancellationToken);
    }
}
