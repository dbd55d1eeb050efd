using System.Diagnostics;
using System.Globalization;
using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Models;

/// <summary>A process that migrates is killed at a statement, whichever: the next <c>db upgrade</c> makes what an undisturbed one makes.</summary>
public sealed class InterruptedMigrationTests
{
    // Counts the statements that reach the database, and ends the process as kill -9 does before the one it was told.
    private const string Program = """
        using Microsoft.AspNetCore.Builder;
        using Microsoft.EntityFrameworkCore.Diagnostics;
        using Microsoft.EntityFrameworkCore.Infrastructure;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Logging;

        public static class Program
        {
            public static int Count;
            public static int Last;

            public static async System.Threading.Tasks.Task<int> Main(string[] args)
            {
                Last = int.Parse(args[0]);
                var code = await Carafe.CarafeApp.RunAsync(args[2..], (args2, configure) =>
                {
                    var builder = Carafe.CarafeApp.CreateBuilder(args2);
                    configure?.Invoke(builder);
                    builder.Configuration["DATABASE_URL"] = args[1];
                    builder.Configuration["SQLITE_FAST"] = "false";
                    builder.Configuration["Logging:LogLevel:Npgsql"] = "Debug";
                    builder.Logging.ClearProviders();
                    builder.Logging.AddProvider(new Watcher());
                    builder.Services.AddDatabase<Lab.LabDb>();
                    builder.Services.AddSingleton<IDbContextOptionsConfiguration<Lab.LabDb>>(new Tracer());
                    return builder.Build();
                });
                Console.WriteLine("STATEMENTS " + Count);
                return code;
            }

            public static void Next()
            {
                if (++Count == Last)
                {
                    System.Diagnostics.Process.GetCurrentProcess().Kill();
                    System.Threading.Thread.Sleep(-1);
                }
            }
        }

        public sealed class Tracer : DbConnectionInterceptor, IDbContextOptionsConfiguration<Lab.LabDb>
        {
            public void Configure(IServiceProvider services, DbContextOptionsBuilder options) => options.AddInterceptors(this);

            public override void ConnectionOpened(System.Data.Common.DbConnection connection, ConnectionEndEventData data) => Trace(connection);

            public override System.Threading.Tasks.Task ConnectionOpenedAsync(System.Data.Common.DbConnection connection, ConnectionEndEventData data,
                System.Threading.CancellationToken stop)
            {
                Trace(connection);
                return System.Threading.Tasks.Task.CompletedTask;
            }

            private static void Trace(System.Data.Common.DbConnection connection)
            {
                if (connection is Microsoft.Data.Sqlite.SqliteConnection sqlite)
                {
                    SQLitePCL.raw.sqlite3_trace(sqlite.Handle, (object data, string statement) => Program.Next(), null!);
                }
            }
        }

        public sealed class Watcher : ILoggerProvider, ILogger
        {
            public ILogger CreateLogger(string category) => category == "Npgsql.Command" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

            public IDisposable? BeginScope<T>(T state) where T : notnull => null;

            public bool IsEnabled(LogLevel level) => true;

            public void Log<T>(LogLevel level, EventId id, T state, Exception? error, Func<T, Exception?, string> format)
            {
                if (level == LogLevel.Debug)
                {
                    Program.Next();
                }
            }

            public void Dispose() { }
        }
        """;

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Whatever_the_statement_the_next_upgrade_ends_where_an_undisturbed_one_does(string kind)
    {
        var (random, steps) = (new Random(Sampling.Seed), new List<ModelStep>());
        var (world, maker) = (GeneratedModel.First(random), new ModelSteps(random));
        var start = await new CompiledModel(world.Source).MigrateAsync("First");
        var (last, model) = (world, start);
        foreach (var step in new[] { "widen", "rename", "drop", "add required" })
        {
            steps.Add(maker.Make(last, step));
            last = steps[^1].Apply(last);
            model = (await model.Then(last.Source).TryMigrateAsync($"Step{steps.Count.ToString(CultureInfo.InvariantCulture)}",
                new([.. steps[^1].Renames.Select(Carafe.Data.Migrations.Rename.Parse)], steps[^1].Renames.Count == 0, true))).Model;
        }

        await using var template = await TestDatabase.CreateAsync(kind);
        await start.OkAsync(template.Url, "db", "upgrade");
        await ModelRows.FillAsync(start, template.Url, world);
        var values = await ModelRows.ReadAsync(start, template.Url, world);
        var program = Path.Combine(AppContext.BaseDirectory, $"Lab-{Guid.NewGuid():N}.dll");
        try
        {
            await model.WriteProgramAsync(program, Program);
            await using var whole = await CopyAsync(kind, template);
            var (code, output) = await RunAsync(program, 0, whole.Url);
            Assert.True(code == 0, output);
            var schema = await model.WithAsync(whole.Url, SchemaText.ReadAsync);
            var count = int.Parse(output.Split("STATEMENTS ")[1].Trim(), CultureInfo.InvariantCulture);
            Assert.True(count > 20, output);
            foreach (var at in Sampling.Take(Enumerable.Range(1, count), 4))
            {
                await using var database = await CopyAsync(kind, template);
                (code, output) = await RunAsync(program, at, database.Url);
                Assert.True(code == 137, $"statement {at}: exit {code}: {output}");

                await model.OkAsync(database.Url, "db", "upgrade");
                await model.OkAsync(database.Url, "db", "check");
                Assert.Equal(schema, await model.WithAsync(database.Url, SchemaText.ReadAsync));
                ModelWalk.Compare($"killed at statement {at}", values, await ModelRows.ReadAsync(model, database.Url, last), steps);
            }
        }
        finally
        {
            File.Delete(program);
        }
    }

    private static async Task<ITestDatabase> CopyAsync(string kind, ITestDatabase template)
    {
        if (kind == TestDatabase.Sqlite)
        {
            var copy = await TestDatabase.CreateAsync(kind);
            File.Copy(template.Url["sqlite:///".Length..], copy.Url["sqlite:///".Length..], overwrite: true);
            return copy;
        }

        return new Copy(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(new Uri(template.Url).AbsolutePath.Trim('/')));
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, int at, string url)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, "Carafe.Tests");
        var start = new ProcessStartInfo(
            "dotnet",
            ["exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", program, at.ToString(CultureInfo.InvariantCulture),
                url, "db", "upgrade"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    // Goes with its server.
    private sealed class Copy(string url) : ITestDatabase
    {
        public string Url => url;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
