using System.Runtime.CompilerServices;
using Carafe.Data.Postgres;
using Carafe.Data.Providers;
using Carafe.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Carafe.Data.Adoption;

/// <summary>
/// Writes a project for the database of a Flask application. Everything is tried first: the project compiles, its model is that of the database, each
/// row is read. Only then is the first migration noted in the database, and the folder appears.
/// </summary>
internal sealed class AdoptionWork(IServiceProvider services, DbContext context, Database database, TextWriter output, CancellationToken stop)
{
    // In this order by name as well: two migrations of one second sort by it.
    private const string First = "AsFlaskLeftIt";
    private const string Second = "WithAccounts";

    private readonly ContextAdder _adder = services.GetRequiredService<ContextAdder>();
    // A project on SQLite or PostgreSQL has those two alone.
    private readonly IEnumerable<DatabaseProvider> _providers = database is SqliteDatabase or PostgresDatabase ? [] : services.GetServices<DatabaseProvider>();
    private readonly string _scratch = Path.Combine(Path.GetTempPath(), $"carafe-adopt-{Guid.NewGuid():N}");

    /// <summary>Runs it. A method that is not inlined, so that the packages that it needs are loaded when it runs and not before.</summary>
    /// <exception cref="CommandException">It cannot be adopted; the message says why, and nothing was written.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task RunAsync(string folder, IServiceProvider services, DbContext context, Database database, TextWriter output, CancellationToken stop) =>
        new AdoptionWork(services, context, database, output, stop).RunAsync(folder);

    private async Task RunAsync(string folder)
    {
        var target = Path.GetFullPath(folder);
        RefuseFolder(target);
        var reading = new DatabaseReading(context, database, stop);
        var model = await reading.ReadAsync();
        var compiler = new ProjectCompiler();
        var names = new AdoptedNames(compiler.TypesInScope());
        var project = names.Project(Path.GetFileName(target.TrimEnd(Path.DirectorySeparatorChar))) ?? throw new CommandException(
            $"'{Path.GetFileName(target)}' becomes the namespace of the project and means something else already. Give another folder. Nothing was written.");
        var pluralizer = Pluralizer();
        var schema = await new SchemaAdoption(reading, names, name => pluralizer.Singularize(name)!, name => pluralizer.Pluralize(name)!).ReadAsync(model);
        RefuseNames(schema);
        var partial = $"{target}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(_scratch);
            var (counts, first) = await WriteAsync(project, schema, compiler, reading, partial);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(partial, target);
            await ReportAsync(target, schema, counts, first);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{target} cannot be written: {error.Message} Nothing was written.");
        }
        finally
        {
            foreach (var left in new[] { partial, _scratch }.Where(Directory.Exists))
            {
                Directory.Delete(left, recursive: true);
            }
        }
    }

    private async Task<(IReadOnlyList<string> Counts, string First)> WriteAsync(
        string project, AdoptedSchema schema, ProjectCompiler compiler, DatabaseReading reading, string folder)
    {
        // What is tried, is tried on a copy of a file of SQLite. A server is only read.
        var copy = Path.Combine(_scratch, "copy.db");
        if (reading.IsSqlite)
        {
            await reading.CopyAsync(copy);
        }

        var url = reading.IsSqlite ? $"sqlite:///{Path.GetFullPath(((SqliteDatabase)database).Path!)}"
            : DatabaseDefaults.Url(services.GetRequiredService<IOptions<DatabaseSettings>>().Value, services.GetRequiredService<IHostEnvironment>());
        IReadOnlyList<string> counts;
        Directory.CreateDirectory(folder);
        var before = compiler.Compile(project, new EntityWriter(project, schema, isBefore: true).Write().Select(file => file.Text));
        await using (var trial = AdoptionTrial.Open(before, reading.IsSqlite ? $"sqlite:///{copy}" : url, _adder, _providers))
        {
            Refuse(await trial.DifferencesAsync(stop), "The models that were read are not those of the database");
            counts = await ReadAsync(trial);
            await trial.MigrateAsync(First, folder);
        }

        SourceFile[] files =
        [
            .. new EntityWriter(project, schema, isBefore: false).Write(), .. new ContractWriter(project, schema).Write(),
            .. new BlueprintWriter(project, schema).Write(), .. new ProjectWriter(project, schema).Write(),
        ];
        string[] sources = [.. files.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal) && file.Path != "Program.cs").Select(file => file.Text)];
        await using (var trial = AdoptionTrial.Open(compiler.Compile(project, [.. sources, .. Migrations(folder)]), "sqlite:///:memory:", _adder, _providers))
        {
            await trial.MigrateAsync(Second, folder);
        }

        new AccountMigration(schema).Complete(Directory.EnumerateFiles(Path.Combine(folder, "Migrations"), $"*_{Second}.cs").Single());
        var whole = compiler.Compile(project, [.. sources, .. Migrations(folder)]);
        await RehearseAsync(whole, reading.IsSqlite ? $"sqlite:///{copy}" : null);
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, file.Text, stop);
        }

        await using var adopted = AdoptionTrial.Open(whole, url, _adder, _providers);
        return (counts, await adopted.StampAsync(stop));
    }

    private async Task RehearseAsync(System.Reflection.Assembly project, string? copy)
    {
        await using var trial = AdoptionTrial.Open(project, copy ?? "sqlite:///:memory:", _adder, _providers);
        Refuse(await trial.DriftAsync(), "The migrations that were written are not those of the models");
        if (copy is not null)
        {
            await trial.StampAsync(stop);
        }

        await trial.UpgradeAsync(stop);
        Refuse(await trial.DifferencesAsync(stop), "The migrations that were written do not make the tables of the models");
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(AdoptionTrial trial)
    {
        try
        {
            return await trial.ReadAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is InvalidCastException or FormatException or OverflowException or InvalidOperationException)
        {
            throw new CommandException(
                $"A row holds a value that is not of the type of its column: {error.Message} Correct it in Flask first. Nothing was written.");
        }
    }

    private static IEnumerable<string> Migrations(string folder) =>
        Directory.EnumerateFiles(Path.Combine(folder, "Migrations"), "*.cs").Select(File.ReadAllText);

    private static void Refuse(IReadOnlyList<string> differences, string what)
    {
        if (differences.Count > 0)
        {
            throw new CommandException($"{what}: {string.Join("; ", differences.Take(5))}. Nothing was written.");
        }
    }

    private static void RefuseFolder(string target)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new CommandException($"{target} is not empty. Give a new folder. Nothing was written.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new CommandException($"The directory {Path.GetDirectoryName(target)} does not exist. Nothing was written.");
        }
    }

    private static void RefuseNames(AdoptedSchema schema)
    {
        if (schema.Tables.FirstOrDefault(table => table.Name is "sessions" or "flask_tokens" or "app_users") is { } table)
        {
            throw new CommandException(
                $"The table {table.Name} has the name of one that accounts need here. Give it another in Flask first. Nothing was written.");
        }
    }

    private static IPluralizer Pluralizer() =>
        new ServiceCollection().AddEntityFrameworkDesignTimeServices().BuildServiceProvider().GetRequiredService<IPluralizer>();

    private async Task ReportAsync(string target, AdoptedSchema schema, IReadOnlyList<string> counts, string first)
    {
        await output.WriteLineAsync($"Wrote {target}. Read {string.Join(", ", counts)}; no row was changed.");
        await output.WriteLineAsync($"Stamped {first}: the tables as they are. {Second} is not applied: 'db upgrade' adds what accounts need.");
        foreach (var note in schema.Notes)
        {
            await output.WriteLineAsync($"- {note}");
        }
    }
}
