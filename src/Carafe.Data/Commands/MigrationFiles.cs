using System.Runtime.CompilerServices;
using Carafe.Data.Conventions;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Commands;

/// <summary>Writes migrations into the project, which exists only where the app is built.</summary>
internal static class MigrationFiles
{
    public static Task<WrittenMigration> WriteAsync<TContext>(IServiceProvider services, string name, MigrateChoices choices)
        where TContext : DbContext =>
        TryAsync(() => ScaffoldAsync<TContext>(services, name, FindProject<TContext>(), choices));

    /// <summary>Writes the empty migration in which branches meet.</summary>
    public static async Task<WrittenMigration> MergeAsync<TContext>(IServiceProvider services, string name)
        where TContext : DbContext =>
        await TryAsync(() => MergeAsync<TContext>(services, name, FindProject<TContext>()));

    /// <summary>Runs what needs the package of EF Core's design time, and says so where it is missing.</summary>
    public static async Task WithDesignAsync(Func<Task> work) => await TryAsync(async () =>
    {
        await work();
        return new([], []);
    });

    private static async Task<WrittenMigration> TryAsync(Func<Task<WrittenMigration>> write)
    {
        try
        {
            return await write();
        }
        catch (FileNotFoundException missing) when (missing.FileName is { } name && (name.StartsWith("Microsoft.EntityFrameworkCore.Design",
            StringComparison.Ordinal) || name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)))
        {
            throw new CommandException(
                "Writing migrations needs a package that is not published with the app: dotnet add package Microsoft.EntityFrameworkCore.Design");
        }
        // By name: a reference to the type would require the package.
        catch (Exception error) when (error.GetType().Name == "OperationException")
        {
            throw new CommandException(error.Message);
        }
    }

    // A method of its own, so that the package is loaded when this runs and not before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<WrittenMigration> ScaffoldAsync<TContext>(IServiceProvider services, string name, string project, MigrateChoices choices)
        where TContext : DbContext =>
        new MigrationScaffolder<TContext>(services.GetRequiredService<ContextOptions<TContext>>(), services.GetRequiredService<DatabaseProviders>(), services)
            .WriteAsync(name, project, choices);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WrittenMigration> MergeAsync<TContext>(IServiceProvider services, string name, string project)
        where TContext : DbContext =>
        new(await new MigrationScaffolder<TContext>(services.GetRequiredService<ContextOptions<TContext>>(), services.GetRequiredService<DatabaseProviders>(),
            services).WriteEmptyAsync(name, project), []);

    private static string FindProject<TContext>()
    {
        var name = $"{typeof(TContext).Assembly.GetName().Name}.csproj";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, name)))
            {
                return folder.FullName;
            }
        }

        return File.Exists(name)
            ? Directory.GetCurrentDirectory()
            : throw new CommandException(
                $"{name} is not in any folder above {AppContext.BaseDirectory} nor in the current one: write migrations where the app is developed. "
                + "An app of one file becomes a project first: dotnet project convert FILE.cs");
    }
}
