using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Commands;

/// <summary>What the <c>db</c> commands do, in a scope of their own.</summary>
internal sealed class DatabaseWork<TContext>(IServiceProvider services, Database database, TextWriter output, CancellationToken stop)
    where TContext : DbContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly TContext _context = services.GetRequiredService<TContext>();

    public static async Task<int> RunAsync(WebApplication app, ParseResult parsed, Func<DatabaseWork<TContext>, Task> work, CancellationToken stop)
    {
        // The limit is for requests. Nothing has opened the database yet.
        var settings = app.Services.GetRequiredService<DatabaseSettings>();
        settings.DatabaseTimeout = Math.Max(settings.DatabaseTimeout, (int)Patience.TotalSeconds);
        await using var scope = app.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<DatabaseHandle<TContext>>().Database;
        try
        {
            await work(new DatabaseWork<TContext>(scope.ServiceProvider, database, parsed.InvocationConfiguration.Output, stop));
            return 0;
        }
        catch (Exception fault) when (Cause(fault) is { } cause)
        {
            throw new CommandException(database.Describe(cause));
        }
    }

    public async Task MigrateAsync(string message)
    {
        var words = new string([.. message.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            throw new CommandException("The message must begin with a letter: it becomes the name of the migration.");
        }

        var files = await MigrationFiles.WriteAsync<TContext>(services, name);
        await output.WriteLineAsync(files.Count == 0 ? "No changes in schema detected." : string.Join(Environment.NewLine, files.Select(file => $"Wrote {file}")));
    }

    public async Task MoveAsync(string target, bool up, bool sql)
    {
        if (sql)
        {
            var state = await SchemaState.ReadAsync(_context, stop);
            await output.WriteAsync(new MigrationPlan(_context).Script(Steps(state, target, up)));
            return;
        }

        var steps = await new SchemaMigrator(_context, database).MoveAsync(state => Steps(state, target, up), stop);
        await output.WriteLineAsync(steps.Count == 0 ? "Nothing to do." : string.Join(Environment.NewLine, steps.Select(step => $"{(step.Up ? "Upgraded" : "Downgraded")} {step.Id}")));
    }

    public async Task CurrentAsync()
    {
        var state = await SchemaState.ReadAsync(_context, stop);
        await output.WriteLineAsync(state.Applied.Count == 0 ? "base" : state.Applied[^1] + (state.Unknown.Count > 0 ? " (unknown to this build)" : state.Pending.Count == 0 ? " (head)" : ""));
    }

    public async Task HistoryAsync()
    {
        var state = await SchemaState.ReadAsync(_context, stop);
        foreach (var id in state.Known.Union(state.Applied).Order(StringComparer.Ordinal))
        {
            await output.WriteLineAsync($"{(state.Applied.Contains(id) ? "applied" : "pending")}  {id}{(state.Unknown.Contains(id) ? "  (unknown to this build)" : "")}");
        }
    }

    public async Task StampAsync(string target)
    {
        var state = await SchemaState.ReadAsync(_context, stop);
        await new SchemaMigrator(_context, database).StampAsync(state.Find(target), stop);
        await output.WriteLineAsync($"Stamped {state.Find(target) ?? "base"}.");
    }

    public async Task CheckAsync()
    {
        var faults = await SchemaDrift.AcrossAsync(services, services.GetRequiredService<Conventions.ContextOptions<TContext>>().Create);
        if (faults.Count > 0)
        {
            throw new CommandException($"The models have changed since the last migration:{string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}"))}{Environment.NewLine}Write one with 'db migrate -m \"...\"'.");
        }

        var state = await SchemaState.ReadAsync(_context, stop);
        state.RefuseStrangers();
        if (state.Pending.Count > 0)
        {
            throw new CommandException($"The database is behind by {state.Pending.Count}: {string.Join(", ", state.Pending)}. Apply with 'db upgrade'.");
        }

        var differences = new LiveSchema(_context).Differences().ToList();
        if (differences.Count > 0)
        {
            throw new CommandException($"The database is not what its migrations make, so something else changed it:{string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}"))}");
        }

        await output.WriteLineAsync("The models, the migrations and the database agree.");
    }

    public async Task SeedAsync()
    {
        var seeds = services.GetServices<Seed<TContext>>().ToList();
        if (seeds.Count == 0)
        {
            throw new CommandException("The app has no seeds. Add one with services.AddSeed<TContext>(...).");
        }

        foreach (var seed in seeds)
        {
            await output.WriteLineAsync(await seed.Run(_context, services, stop));
        }
    }

    public async Task BackupAsync(string file)
    {
        var path = Path.GetFullPath(file);
        if (File.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new CommandException(File.Exists(path) ? $"{path} exists already. Nothing was written." : $"The directory {Path.GetDirectoryName(path)} does not exist.");
        }

        try
        {
            await database.BackupAsync(path, stop);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written: {fault.Message}");
        }

        await output.WriteLineAsync($"Wrote {path} ({new FileInfo(path).Length.ToString("N0", CultureInfo.InvariantCulture)} bytes).");
    }

    public async Task RestoreAsync(string file)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new CommandException($"{path} does not exist.");
        }

        var state = await SchemaState.ReadAsync(_context, stop);
        (state with { Applied = await database.ReadBackupAsync(path, stop) }).RefuseStrangers();
        await database.RestoreAsync(path, stop);
        await output.WriteLineAsync($"Restored {path}.");
    }

    private static IReadOnlyList<MigrationStep> Steps(SchemaState state, string target, bool up)
    {
        var at = state.Applied.Count;
        var relative = target.Length > 1 && target[0] is '-' or '+' && int.TryParse(target, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var steps) ? steps : (int?)null;
        if (relative is { } by && (at + by < 0 || at + by > state.Known.Count || by < 0 == up))
        {
            throw new CommandException($"There is no migration {target} from here: {at} of {state.Known.Count} are applied.");
        }

        var goal = relative is { } count ? at + count == 0 ? null : state.Known[at + count - 1] : state.Find(target);
        var planned = MigrationPlan.Steps(state, goal);
        return planned.Any(step => step.Up != up)
            ? throw new CommandException($"{goal ?? "base"} is {(up ? "below" : "above")} what is applied. Use 'db {(up ? "downgrade" : "upgrade")} {target}'.")
            : planned;
    }

    private static DbException? Cause(Exception? fault)
    {
        while (fault is not null and not DbException)
        {
            fault = fault.InnerException;
        }

        return (DbException?)fault;
    }
}
