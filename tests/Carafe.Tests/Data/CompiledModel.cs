using System.Reflection;
using Carafe.Data.Migrations;
using Microsoft.AspNetCore.TestHost;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Data;

/// <summary>A model compiled while the test runs, with the migrations that the kit wrote for it so far.</summary>
internal sealed class CompiledModel(params string[] sources)
{
    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    private static int _count;

    public Type ContextType => field ??= Compile().GetType("Lab.LabDb", throwOnError: true)!;

    /// <summary>What the app adds to its services.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    public WebApplication Create(string url, bool migrate = false, string environment = "Testing")
    {
        var builder = CarafeApp.CreateBuilder(["--environment", environment]);
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Configuration["DATABASE_URL"] = url;
        builder.Configuration["MIGRATE_ON_START"] = migrate ? "true" : environment == "Testing" ? "false" : null;
        builder.Configuration["SECRET_KEY"] = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(48));
        typeof(DatabaseServiceCollectionExtensions).GetMethod(nameof(DatabaseServiceCollectionExtensions.AddDatabase))!.MakeGenericMethod(ContextType)
            .Invoke(null, [builder.Services]);
        builder.Services.WithoutProviderCount();
        Configure?.Invoke(builder.Services);
        return builder.Build();
    }

    public DbContext Context(IServiceProvider services) => (DbContext)services.GetRequiredService(ContextType);

    /// <summary>What <c>db</c> printed, or its error, after the exit code.</summary>
    public Task<(int Code, string Output)> RunAsync(string url, params string[] args) => RunAsync(() => Create(url), args);

    /// <summary>The same for a server that is stopped as soon as it has started.</summary>
    public Task<(int Code, string Output)> StartAsync(string url, params string[] args) => RunAsync(
        () =>
        {
            var app = Create(url);
            app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
            return app;
        },
        args);

    /// <summary>The same for the start of the server with <c>MIGRATE_ON_START</c>.</summary>
    public Task<(int Code, string Output)> ServeAsync(string url) => RunAsync(() => Create(url, migrate: true), []);

    private static async Task<(int Code, string Output)> RunAsync(Func<WebApplication> create, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Carafe.Commands.CommandLine.RunAsync(args, (_, _) => create(), output, error);
        return (code, output.ToString() + error);
    }

    /// <summary>Writes a migration and gives the model with it. Nothing is a rename, and anything may go, unless the choices say otherwise.</summary>
    public async Task<CompiledModel> MigrateAsync(string name, MigrateChoices? choices = null) =>
        (await TryMigrateAsync(name, choices ?? MigrateChoices.Anything)).Model;

    /// <summary>The same, with what there is to know of the migration.</summary>
    public async Task<(CompiledModel Model, IReadOnlyList<string> Notes)> TryMigrateAsync(string name, MigrateChoices choices)
    {
        IReadOnlyList<string> notes = [];
        var model = await WriteAsync(async (scaffolder, type, folder) =>
        {
            var written = await (Task<WrittenMigration>)type.GetMethod("WriteAsync")!.Invoke(scaffolder, [name, folder, choices])!;
            notes = written.Notes;
            return written.Files;
        });
        return (model, notes);
    }

    /// <summary>Writes the migration in which branches meet.</summary>
    public Task<CompiledModel> MergeAsync(string name) =>
        WriteAsync((scaffolder, type, folder) => (Task<IReadOnlyList<string>>)type.GetMethod("WriteEmptyAsync")!.Invoke(scaffolder, [name, folder])!);

    private async Task<CompiledModel> WriteAsync(Func<object, Type, string, Task<IReadOnlyList<string>>> write)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-lab-");
        try
        {
            await using var app = Create("sqlite:///:memory:");
            var type = typeof(MigrationScaffolder<>).MakeGenericType(ContextType);
            var written = (await write(ActivatorUtilities.CreateInstance(app.Services, type), type, folder.FullName)).Select(File.ReadAllText).ToList();
            // The new snapshot takes the place of the old one.
            return written.Count == 0 ? this
                : new CompiledModel(
                [.. sources.Where(source => !source.Contains(": ModelSnapshot", StringComparison.Ordinal)), .. written])
                { Configure = Configure };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public IReadOnlyList<string> Sources => sources;

    /// <summary>Writes the model as a program of its own, with a source that has its entry point.</summary>
    public async Task WriteProgramAsync(string file, string program)
    {
        await using var stream = File.Create(file);
        Emit(Path.GetFileNameWithoutExtension(file), OutputKind.ConsoleApplication, [.. sources, program], stream);
    }

    private Assembly Compile()
    {
        using var image = new MemoryStream();
        Emit($"Lab{Interlocked.Increment(ref _count)}", OutputKind.DynamicallyLinkedLibrary, sources, image);
        return Assembly.Load(image.ToArray());
    }

    private static void Emit(string name, OutputKind kind, IReadOnlyList<string> sources, Stream image)
    {
        const string Usings =
            "global using System; global using System.Collections.Generic; global using System.Linq; global using Microsoft.EntityFrameworkCore; global " +
            "using Carafe.Data;";
        var compilation = CSharpCompilation.Create(
            name,
            [.. sources.Append(Usings).Select(source => CSharpSyntaxTree.ParseText(source))],
            References,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(fault => fault.Severity == DiagnosticSeverity.Error)));
    }
}
