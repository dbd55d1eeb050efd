using System.Data.Common;
using System.Globalization;
using Carafe.Data.Conventions;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Carafe.Data.Transfer;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Commands;

/// <summary>Moves rows between databases, and to files and back.</summary>
internal sealed class TransferWork<TContext>(IServiceProvider services, TextWriter output, CancellationToken stop)
    where TContext : DbContext
{
    /// <summary>Copies all rows of one database to another, which is migrated first if it is empty.</summary>
    public async Task CopyAsync(string from, string to)
    {
        await using var source = Open(from);
        await using var target = Open(to);
        await using var reading = Create(source);
        await using var writing = Create(target);
        var at = source;
        try
        {
            var (reader, writer) = (new DataTransfer(reading, source, output), new DataTransfer(writing, target, output));
            await reader.RequireHeadAsync(stop);
            at = target;
            await new SchemaMigrator(writing, target).MoveAsync(state => state.Steps("head", up: true), stop);
            await writer.RequireEmptyAsync(stop);
            await using var snapshot = await source.OpenSnapshotAsync(reading, stop);
            var run = new MigrationRun(reading, snapshot.Connection, snapshot.Transaction, script: null);
            await writer.WriteAsync(
                table =>
                    reader.ReadAsync(reader.Tables.Single(other => (other.Schema, other.Name) == (table.Schema, table.Name)), snapshot.Connection,
                        snapshot.Transaction, condition: null, stop),
                table => reader.LastKeyAsync(table, run, stop),
                stop);
            await output.WriteLineAsync($"Copied {source} to {target}: every table has the same rows.");
        }
        catch (DbException error)
        {
            throw new CommandException(
                $"{source} was not copied to {target}: {at.Describe(error)} Nothing was changed but, where it was empty, the schema of the target.");
        }
    }

    /// <summary>Writes all rows as lines of JSON, or one row with those that belong to it.</summary>
    public async Task ExportAsync(TContext context, Database database, string file, string? of)
    {
        var owned = of is null ? null : OwnedRows.Parse(context, of);
        var path = Path.GetFullPath(file);
        if (File.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new CommandException(File.Exists(path) ? $"{path} exists already. Nothing was written."
                : $"The directory {Path.GetDirectoryName(path)} does not exist.");
        }

        var reader = new DataTransfer(context, database, output);
        var head = await reader.RequireHeadAsync(stop);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            var rows = 0L;
            await using (var snapshot = await database.OpenSnapshotAsync(context, stop))
            await using (var lines = new StreamWriter(new FileStream(partial, PrivateFiles.Options(FileMode.CreateNew))))
            {
                await lines.WriteLineAsync(RowLines.Head(head));
                foreach (var table in reader.Tables.Where(table => owned is null || owned.Condition(table) is not null))
                {
                    await foreach (var row in reader.ReadAsync(table, snapshot.Connection, snapshot.Transaction, owned?.Condition(table), stop))
                    {
                        await lines.WriteLineAsync(RowLines.Write(table, row).AsMemory(), stop);
                        rows++;
                    }
                }
            }

            if (of is not null && rows == 0)
            {
                throw new CommandException($"There is no row {of}. Nothing was written.");
            }

            File.Move(partial, path, overwrite: false);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Wrote {path} ({rows} rows)."));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written: {error.Message}");
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Reads rows that were exported into a database without rows.</summary>
    public async Task ImportAsync(TContext context, Database database, string file)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new CommandException($"{path} does not exist.");
        }

        var writer = new DataTransfer(context, database, output);
        var (head, migration) = (await writer.RequireHeadAsync(stop), RowLines.ReadHead(path));
        if (head != migration)
        {
            throw new CommandException(
                $"{path} belongs to the migration {migration ?? "base"}, and the database is at {head ?? "base"}. Import it with the build that wrote it, " +
                $"and upgrade then. Nothing was changed.");
        }

        await writer.RequireEmptyAsync(stop);
        await writer.WriteAsync(table => RowLines.ReadAsync(path, table, stop), _ => Task.FromResult<long?>(null), stop);
        await output.WriteLineAsync($"Imported {path}.");
    }

    /// <summary>Writes a consistent copy of the database while it is in use.</summary>
    public async Task BackupAsync(Database database, string file)
    {
        var path = Path.GetFullPath(file);
        if (File.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new CommandException(File.Exists(path) ? $"{path} exists already. Nothing was written."
                : $"The directory {Path.GetDirectoryName(path)} does not exist.");
        }

        try
        {
            await database.BackupAsync(path, stop);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written: {error.Message}");
        }

        await output.WriteLineAsync($"Wrote {path} ({new FileInfo(path).Length.ToString("N0", CultureInfo.InvariantCulture)} bytes).");
    }

    /// <summary>Replaces what is in the database by a backup.</summary>
    public async Task RestoreAsync(TContext context, Database database, string file)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new CommandException($"{path} does not exist.");
        }

        (SchemaState.Empty(context) with { Applied = await database.ReadBackupAsync(path, stop) }).RefuseStrangers();
        if (database.Missing is null && await database.MoveDamagedAsync(stop) is { } damaged)
        {
            await output.WriteLineAsync($"{database} is damaged. It is kept as {damaged}.");
        }
        else if (database.Missing is null)
        {
            // A backup goes over what an app of this kind left, in whatever state, and over nothing of anybody else's.
            var state = await SchemaState.ReadAsync(context, stop);
            if (state.IsForeign)
            {
                state.RefuseStrangers();
            }

            await RefuseUnrecordedAsync(context, database, state);
        }

        await database.RestoreAsync(path, stop);
        await output.WriteLineAsync($"Restored {path}.");
    }

    /// <summary>Empties the database and migrates it again, where no data of anybody's can be in it.</summary>
    public async Task ResetAsync(TContext context, Database database)
    {
        var environment = services.GetRequiredService<IHostEnvironment>();
        if (!environment.IsDevelopment() && !environment.IsEnvironment("Testing"))
        {
            throw new CommandException(
                $"'db reset' is for Development: it deletes everything in {database}, and this is {environment.EnvironmentName}. Nothing was changed.");
        }

        if (database.Missing is null)
        {
            var state = await SchemaState.ReadAsync(context, stop);
            state.RefuseStrangers();
            await RefuseUnrecordedAsync(context, database, state);
            await database.EmptyAsync(context, stop);
        }

        var steps = await new SchemaMigrator(context, database).MoveAsync(state => state.Steps("head", up: true), stop);
        await output.WriteLineAsync($"Emptied {database}, and applied {steps.Count} migrations. 'db seed' brings the rows that the app starts with.");
    }

    // An app without migrations keeps no history, and what is there may be its own.
    private async Task RefuseUnrecordedAsync(TContext context, Database database, SchemaState state)
    {
        if (state.Known.Count > 0)
        {
            await new SchemaMigrator(context, database).RefuseUnrecordedAsync(stop);
            await context.Database.CloseConnectionAsync();
        }
    }

    private Database Open(string url)
    {
        try
        {
            services.GetRequiredService<DatabaseProviders>().Check(url);
            return services.GetRequiredService<DatabaseProviders>().Open(url, services);
        }
        catch (FormatException error)
        {
            throw new CommandException($"The URL of a database: {error.Message}", 2);
        }
    }

    private TContext Create(Database database) => services.GetRequiredService<ContextOptions<TContext>>().Create(database);
}
