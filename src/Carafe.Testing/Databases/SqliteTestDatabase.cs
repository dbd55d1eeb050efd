using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Carafe.Testing;

/// <summary>Represents a SQLite file in the temporary folder, copied from one that the app itself migrated.</summary>
public sealed class SqliteTestDatabase : ITestDatabase
{
    private static readonly ConcurrentDictionary<MethodInfo, Lazy<Task<string>>> Templates = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("carafe-test-").FullName;

    private SqliteTestDatabase()
    {
    }

    /// <inheritdoc/>
    public string Url => UrlOf(Path.Combine(_folder, "test.db"));

    /// <summary>
    /// Creates a database with the schema of an app. The first call for a factory runs its migrations; later calls copy the file. A lambda that captures
    /// variables may be another app each time: it gets an empty database, which the app migrates when it starts.
    /// </summary>
    /// <param name="create">The application factory. Default: none, an empty database.</param>
    public static async Task<SqliteTestDatabase> CreateAsync(Func<string[], Action<WebApplicationBuilder>?, WebApplication>? create = null)
    {
        var template = create is not null && TestTemplate.IsOneApp(create)
            ? await Templates.GetOrAdd(create.Method, _ => new(() => MigrateAsync(create))).Value
            : null;
        var database = new SqliteTestDatabase();
        var file = Path.Combine(database._folder, "test.db");
        if (template is null)
        {
            // An empty file is an empty database. The app warns of one that others may open.
            await File.WriteAllBytesAsync(file, []);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
        else if (File.Exists(template))
        {
            // An app without a database leaves no file.
            File.Copy(template, file);
        }

        return database;
    }

    /// <summary>Deletes the file and what SQLite keeps beside it.</summary>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string UrlOf(string file) => $"sqlite:///{file}";

    private static async Task<string> MigrateAsync(Func<string[], Action<WebApplicationBuilder>?, WebApplication> create)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var file = Path.Combine(folder, "template.db");
        await TestTemplate.MigrateAsync(create, UrlOf(file));
        // The newest writes may still be in the write-ahead log, which is not copied.
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var checkpoint = connection.CreateCommand();
        checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await checkpoint.ExecuteNonQueryAsync();
        return file;
    }
}
