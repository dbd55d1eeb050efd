using System.Globalization;
using Carafe.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Checks;

/// <summary>Checks an app that keeps its data in a SQLite file.</summary>
internal static class SqliteChecks<TContext>
    where TContext : DbContext
{
    private const string Page = "docs/checks.md";
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static IEnumerable<Check> All =>
    [
        new("C411", CheckSeverity.Error, context => Sqlite(context) is { Path: null } ? ["The database is in memory."] : [])
        {
            Why = "Everything is gone when the process ends.",
            Remedy = "DATABASE_URL=sqlite:////var/lib/myapi/app.db, or postgresql://...",
            Page = Page + "#c411",
            Deploy = true,
            AtStart = true,
        },
        new("C412", CheckSeverity.Error, context => from path in Files(context)
            let format = context.Services.GetRequiredService<FileSystems>().Network(path)
            where format is not null
            select $"{path} is on a network file system ({format}).")
        {
            Why = "Its locks do not hold over a network, and the file is damaged one day.",
            Remedy = "A disk of this machine, or PostgreSQL",
            Page = Page + "#c412",
            Deploy = true,
        },
        new("C413", CheckSeverity.Error, context => from path in Files(context)
            let mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path)
            where (mode & Others) != 0
            select string.Create(CultureInfo.InvariantCulture, $"{path} has the mode 0{Convert.ToString((int)mode, 8)}."))
        {
            Why = "Every user of the machine can read the data, or change it.",
            Remedy = "chmod 600 the file and those beside it that end with -wal and -shm.",
            Page = Page + "#c413",
            Deploy = true,
        },
        new("C414", CheckSeverity.Warning, context => Sqlite(context) is not null
            && context.Services.GetRequiredService<DatabaseSettings>().SqliteSynchronous == "NORMAL" ? ["SQLITE_SYNCHRONOUS is NORMAL."] : [])
        {
            Why = "When the machine goes down, the last writes that were answered can be undone, a logout among them.",
            Remedy = "SQLITE_SYNCHRONOUS=FULL",
            Page = Page + "#c414",
            Deploy = true,
        },
    ];

    private static SqliteDatabase? Sqlite(CheckContext context) => DatabaseChecks<TContext>.Open(context) as SqliteDatabase;

    private static IEnumerable<string> Files(CheckContext context) =>
        Sqlite(context)?.Path is { } path ? new[] { path, path + "-wal", path + "-shm" }.Where(File.Exists) : [];
}
