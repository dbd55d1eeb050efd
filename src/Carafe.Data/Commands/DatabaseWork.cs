using System.CommandLine;
using System.Data.Common;
using Carafe.Data.Adoption;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Carafe.Data.Transfer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Commands;

/// <summary>Runs the <c>db</c> commands, each in a scope of its own.</summary>
internal sealed class DatabaseWork<TContext>(IServiceProvider services, Database database, TextWriter output, CancellationToken stop)
    where TContext : DbContext
{
    private readonly TContext _context = services.GetRequiredService<TContext>();

    public static async Task<int> RunAsync(WebApplication app, ParseResult parsed, Func<DatabaseWork<TContext>, Task> work, CancellationToken stop)
    {
        // The limit is for requests. Nothing has opened the database yet.
        app.Services.GetRequiredService<StatementTimeout>().BeginCommand();
        await using var scope = app.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<DatabaseHandle<TContext>>().Database;
        try
        {
            // SQLite works on the thread that asks. Whoever presses Ctrl-C waits for no statement: it is interrupted, and what was begun is rolled back.
            var running = Task.Run(() => work(new DatabaseWork<TContext>(scope.ServiceProvider, database, parsed.InvocationConfiguration.Output, stop)),
                CancellationToken.None);
            if (await Task.WhenAny(running, Task.Delay(Timeout.Infinite, stop)) != running)
            {
                await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
                throw new OperationCanceledException(stop);
            }

            await running;
            return 0;
        }
        catch (Exception error) when (stop.IsCancellationRequested && error is not OperationCanceledException)
        {
            throw new OperationCanceledException(error.Message, error, stop);
        }
        catch (Exception error) when (Cause(error) is { } cause)
        {
            throw new CommandException(database.Describe(cause));
        }
    }

    public async Task MigrateAsync(string message, MigrateChoices choices)
    {
        var written = await MigrationFiles.WriteAsync<TContext>(services, MigrationName.Of(message), choices);
        foreach (var note in written.Notes)
        {
            await output.WriteLineAsync(note);
        }

        await output.WriteLineAsync(written.Files.Count == 0 ? "No changes in schema detected."
            : string.Join(Environment.NewLine, written.Files.Select(file => $"Wrote {file}")));
    }

    public async Task MergeAsync(string message)
    {
        if (!new MigrationBranches(_context).Unmerged(null).Any())
        {
            await output.WriteLineAsync("There is nothing to merge.");
            return;
        }

        await new BranchTrial<TContext>(services).RefuseDifferencesAsync(stop);
        var written = await MigrationFiles.MergeAsync<TContext>(services, MigrationName.Of(message));
        await output.WriteLineAsync(string.Join(Environment.NewLine, written.Files.Select(file => $"Wrote {file}")));
    }

    public async Task MoveAsync(string target, bool up, bool sql)
    {
        if (sql)
        {
            await output.WriteAsync(database.Missing is null ? await ScriptAsync(_context, database, target, up) : await ScriptOfNothingAsync(target, up));
            return;
        }

        if (!up)
        {
            RefuseMissing();
        }

        var migrator = new SchemaMigrator(_context, database);
        var steps = await migrator.MoveAsync(state => state.Steps(target, up), stop);
        foreach (var column in migrator.Corrected)
        {
            await output.WriteLineAsync($"Corrected the times in {column}: an older version of the kit wrote them in a form that does not sort.");
        }

        await output.WriteLineAsync(steps.Count == 0 ? "Nothing to do."
            : string.Join(Environment.NewLine, steps.Select(step => $"{(step.Up ? "Upgraded" : "Downgraded")} {step.Id}")));
    }

    private async Task<string> ScriptAsync(TContext context, Database on, string target, bool up)
    {
        var state = await SchemaState.ReadAsync(context, stop);
        state.RefuseStrangers();
        return await new SchemaScript(context, on).WriteAsync(state.Steps(target, up), stop);
    }

    // Where there is no database, its script is that of an empty one.
    private async Task<string> ScriptOfNothingAsync(string target, bool up)
    {
        await using var empty = services.GetRequiredService<DatabaseProviders>().Open("sqlite:///:memory:", services);
        await using var context = services.GetRequiredService<Conventions.ContextOptions<TContext>>().Create(empty);
        return await ScriptAsync(context, empty, target, up);
    }

    public async Task CurrentAsync()
    {
        RefuseMissing();
        var state = await SchemaState.ReadAsync(_context, stop);
        var note = state.Unknown.Count > 0 ? " (unknown to this build)" : state.Pending.Count == 0 ? " (head)" : state.Skipped.Count > 0
            ? $" (without {string.Join(", ", state.Skipped)}: 'db upgrade' applies it)" : "";
        await output.WriteLineAsync(state.Applied.Count == 0 ? "base" : state.Applied[^1] + note);
    }

    public async Task HistoryAsync()
    {
        RefuseMissing();
        var state = await SchemaState.ReadAsync(_context, stop);
        foreach (var id in state.Known.Union(state.Applied).Order(StringComparer.Ordinal))
        {
            await output.WriteLineAsync(
                $"{(state.Applied.Contains(id) ? "applied" : "pending")}  {id}{(state.Unknown.Contains(id) ? "  (unknown to this build)" : "")}");
        }

        foreach (var branch in new MigrationBranches(_context).Unmerged(null))
        {
            await output.WriteLineAsync($"{MigrationBranches.Describe(branch)} Run 'db merge'.");
        }
    }

    public async Task StampAsync(string target)
    {
        RefuseMissing();
        var state = await SchemaState.ReadAsync(_context, stop);
        await new SchemaMigrator(_context, database).StampAsync(state.Find(target), stop);
        await output.WriteLineAsync($"Stamped {state.Find(target) ?? "base"}.");
    }

    public async Task CheckAsync()
    {
        var errors = await SchemaDrift.AcrossAsync(services, services.GetRequiredService<Conventions.ContextOptions<TContext>>().Create);
        if (errors.Count > 0)
        {
            throw new CommandException(
                $"The models have changed since the last " +
                $"migration:{string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}"))}{Environment.NewLine}Write one with 'db migrate " +
                $"-m \"...\"'.");
        }

        RefuseMissing();
        new MigrationBranches(_context).Refuse(null);
        var state = await SchemaState.ReadAsync(_context, stop);
        state.RefuseStrangers();
        if (state.Pending.Count > 0)
        {
            throw new CommandException($"The database is behind by {state.Pending.Count}: {string.Join(", ", state.Pending)}. Apply with 'db upgrade'.");
        }

        var differences = await new LiveSchema(_context, database, _context.GetService<IDesignTimeModel>().Model).DifferencesAsync(null, stop);
        if (differences.Count > 0)
        {
            throw new CommandException(
                $"The database is not what its migrations make, so something else changed " +
                $"it:{string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}"))}");
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

        RefuseMissing();
        var told = new List<string>();
        // All of them or none: half a seed is taken for a whole one by the next run.
        await using (var transaction = await _context.Database.BeginTransactionAsync(stop))
        {
            foreach (var seed in seeds)
            {
                told.Add(await seed.Run(_context, services, stop));
            }

            await transaction.CommitAsync(stop);
        }

        foreach (var line in told)
        {
            await output.WriteLineAsync(line);
        }
    }

    public async Task DataAsync()
    {
        RefuseMissing();
        await new DataMigrations<TContext>(services, output).RunAsync(stop);
    }

    public Task BackupAsync(string file)
    {
        RefuseMissing();
        return Transfer.BackupAsync(database, file);
    }

    public Task AdoptAsync(string folder) =>
        MigrationFiles.WithDesignAsync(() => AdoptionWork.RunAsync(folder, services, _context, database, output, stop));

    public Task RestoreAsync(string file) => Transfer.RestoreAsync(_context, database, file);

    public Task CopyAsync(string from, string to) => Transfer.CopyAsync(from, to);

    public Task ExportAsync(string file, string? of) => Transfer.ExportAsync(_context, database, file, of);

    public Task ImportAsync(string file) => Transfer.ImportAsync(_context, database, file);

    public Task ResetAsync() => Transfer.ResetAsync(_context, database);

    private TransferWork<TContext> Transfer => new(services, output, stop);

    private void RefuseMissing()
    {
        if (database.Missing is { } reason)
        {
            throw new CommandException(reason);
        }
    }

    private static DbException? Cause(Exception? error)
    {
        while (error is not null and not DbException)
        {
            error = error.InnerException;
        }

        return (DbException?)error;
    }
}
