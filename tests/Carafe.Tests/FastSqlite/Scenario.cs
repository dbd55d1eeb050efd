using System.Collections.Concurrent;
using Carafe.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.FastSqlite;

/// <summary>How a scenario gets its contexts.</summary>
public enum Contexts
{
    New,

    /// <summary>One after the other gets the same one, from EF Core's pool.</summary>
    Pooled,
}

/// <summary>
/// A scenario that is run on plain EF Core and with <c>UseFastSqlite()</c>, on a file each, and has to say the same both times: what was read, and of what
/// failed the exception's type, SQLite's codes and the message.
/// </summary>
internal sealed class Scenario : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _said = [];
    private readonly List<IAsyncDisposable> _services = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("carafe-fast-").FullName;
    private readonly Contexts _contexts;

    private Scenario(bool isFast, Contexts contexts) => (IsFast, _contexts) = (isFast, contexts);

    public bool IsFast { get; }

    /// <summary>Runs a scenario both ways, and compares.</summary>
    public static async Task SameAsync(Func<Scenario, Task> scenario, Contexts contexts = Contexts.New)
    {
        var plain = await RunAsync(scenario, isFast: false, contexts);
        Assert.NotEmpty(plain);
        Assert.Equal(plain, await RunAsync(scenario, isFast: true, contexts));
    }

    /// <summary>A file of the scenario's, and what a connection string says of it besides.</summary>
    public string Source(string name = "notes.db", string more = "") => $"Data Source={Path.Combine(_folder, name)};{more}";

    public string File(string name = "notes.db") => Path.Combine(_folder, name);

    /// <summary>Makes contexts for an app that was told of its database once.</summary>
    public Func<NotesDb> App(string source, Action<DbContextOptionsBuilder>? more = null)
    {
        var services = new ServiceCollection();
        void Configure(DbContextOptionsBuilder options)
        {
            options.UseSqlite(source);
            if (IsFast)
            {
                options.UseFastSqlite();
            }

            more?.Invoke(options);
        }

        if (_contexts == Contexts.Pooled)
        {
            services.AddPooledDbContextFactory<NotesDb>(Configure, poolSize: 8);
        }
        else
        {
            services.AddDbContextFactory<NotesDb>(Configure);
        }

        services.AddSingleton<FastSqliteOptions>();
        var app = services.BuildServiceProvider();
        _services.Add(app);
        return app.GetRequiredService<IDbContextFactory<NotesDb>>().CreateDbContext;
    }

    /// <summary>The same, with a table and two rows.</summary>
    public async Task<Func<NotesDb>> FilledAsync(string? source = null, Action<DbContextOptionsBuilder>? more = null)
    {
        var open = App(source ?? Source(), more);
        await using var db = open();
        await db.Database.EnsureCreatedAsync();
        db.Notes.AddRange(new Note { Id = 1, Text = "one" }, new Note { Id = 2, Text = "Two" });
        await db.SaveChangesAsync();
        return open;
    }

    public void Say(object? what) => _said.Enqueue(what as string ?? System.Text.Json.JsonSerializer.Serialize(what));

    /// <summary>Says what comes of something, an exception included.</summary>
    public async Task SayAsync<T>(Func<Task<T>> what)
    {
        try
        {
            Say(await what());
        }
        catch (Exception exception)
        {
            Say(exception);
        }
    }

    public Task SayAsync(Func<Task> what) => SayAsync(async () =>
    {
        await what();
        return "done";
    });

    public Task SayAsync<T>(Func<T> what) => SayAsync(() => Task.FromResult(what()));

    public ValueTask DisposeAsync() => DisposeAsync(_services, _folder);

    private static async ValueTask DisposeAsync(List<IAsyncDisposable> services, string folder)
    {
        foreach (var app in services)
        {
            await app.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string[]> RunAsync(Func<Scenario, Task> scenario, bool isFast, Contexts contexts)
    {
        await using var run = new Scenario(isFast, contexts);
        await scenario(run);
        return [.. run._said.Select(line => line.Replace(run._folder, "", StringComparison.Ordinal))];
    }

    private void Say(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            // SQLite says "database is locked"; the queue of writers says who has locked it.
            var codes = inner is SqliteException sqlite ? $"{sqlite.SqliteErrorCode}/{sqlite.SqliteExtendedErrorCode}" : "";
            Say($"{inner.GetType().Name}: {codes} {(codes == "5/5" ? "" : inner.Message)}");
        }
    }
}

internal sealed class NotesDb(DbContextOptions<NotesDb> options) : DbContext(ScenarioOptions.WithoutProviderCount(options))
{
    public DbSet<Note> Notes => Set<Note>();

    public Task<List<string>> TextsAsync() => Notes.OrderBy(note => note.Id).Select(note => note.Text).ToListAsync();

    public Task<int> AddAsync(string text)
    {
        Notes.Add(new Note { Text = text });
        return SaveChangesAsync();
    }
}

internal sealed class Note
{
    public int Id { get; set; }

    public required string Text { get; set; }
}

internal static class ScenarioOptions
{
    public static DbContextOptions WithoutProviderCount(DbContextOptions options) => new DbContextOptionsBuilder(options).WithoutProviderCount().Options;
}
