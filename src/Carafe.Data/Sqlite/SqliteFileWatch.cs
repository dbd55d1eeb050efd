using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.Data.Sqlite;

namespace Carafe.Data.Sqlite;

/// <summary>
/// Sees that the file of a running server was moved, removed or replaced, or that its pages are damaged. SQLite goes on writing to a file without a name
/// and says nothing. A connection of its own stays open, so that what was written can be saved: under the new name after a move, in a copy after a
/// removal.
/// </summary>
internal sealed class SqliteFileWatch(string path, TimeProvider clock) : IDisposable
{
    private const string Deleted = " (deleted)";

    // A check costs what it costs; it has at most a hundredth of a core, and comes at most so often.
    private const long Least = 256 * 1024;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private SqliteConnection? _keeper;
    private string _name = "";
    private string[] _links = [];
    private DateTime _born;
    private DatabaseTrouble? _gone;
    private DatabaseTrouble? _damaged;
    private TimeSpan _rest = CheckInterval;
    private long _checked;

    /// <summary>Returns what is wrong, or null. The first call opens the file.</summary>
    public DatabaseTrouble? Find()
    {
        lock (_lock)
        {
            if (_keeper is null && !Open())
            {
                return null;
            }

            if (IsMoved())
            {
                return _gone ??= new(
                    DatabaseTroubleKind.Gone,
                    $"{path} was moved, removed or replaced under the running server: everything is answered with 503 until the file is back or the " +
                    $"server is started again. "
                    + $"{Save()} To replace the data of a running server use 'db restore'.");
            }

            _gone = null;
            return Check() ?? Room();
        }
    }

    /// <summary>Returns whether the file is not the one that was opened, at the price of one look at the file system.</summary>
    public bool IsGone() => _keeper is not null && IsMoved();

    public void Dispose()
    {
        lock (_lock)
        {
            _keeper?.Dispose();
            _keeper = null;
        }
    }

    private bool Open()
    {
        if (!File.Exists(path))
        {
            return false;
        }

        var keeper = new SqliteConnection(Builder(SqliteOpenMode.ReadWrite));
        try
        {
            keeper.Open();
            // Only a connection that has read has the file open.
            Run(keeper, "PRAGMA busy_timeout=1000; SELECT count(*) FROM sqlite_master");
            _born = new FileInfo(path).CreationTimeUtc;
            // What the kernel calls it, past links.
            var open = Links().ToArray();
            _name = open.FirstOrDefault(link => link.Target == path).Target
                ?? open.FirstOrDefault(
                    link => Path.GetFileName(link.Target) == Path.GetFileName(path) && new FileInfo(link.Target).CreationTimeUtc == _born).Target
                ?? path;
            // The keeper's own is among them, and stays open.
            _links = [.. open.Where(link => link.Target == _name).Select(link => link.Link)];
            _keeper = keeper;
            return true;
        }
        catch (SqliteException)
        {
            keeper.Dispose();
            throw;
        }
    }

    private bool IsMoved()
    {
        var file = new FileInfo(path);
        if (file.Exists && file.CreationTimeUtc == _born)
        {
            return false;
        }

        // Where no time of birth is to be had, each checkpoint changes it; there the kernel's name of the open file decides.
        var moved = !file.Exists || !OperatingSystem.IsLinux() || IsDeleted() || IsElsewhere();
        if (!moved)
        {
            _born = file.CreationTimeUtc;
        }

        return moved;
    }

    private string Save()
    {
        try
        {
            if (!IsDeleted())
            {
                Run(_keeper!, "PRAGMA wal_checkpoint(TRUNCATE)");
                return "The file that was moved holds all that was written.";
            }

            var copy = string.Create(CultureInfo.InvariantCulture, $"{path}.rescued-{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}");
            PrivateFiles.Touch(copy);
            Run(_keeper!, $"VACUUM INTO '{copy.Replace("'", "''", StringComparison.Ordinal)}'");
            DeleteLog();
            return $"All that was written is in {copy}.";
        }
        catch (SqliteException error)
        {
            return $"What was written could not be saved: {error.Message}.";
        }
    }

    // Under the name of the file that took the place of this one, its log would be replayed into that one when the app starts again.
    private void DeleteLog()
    {
        var open = Links().Select(link => link.Target).ToHashSet();
        foreach (var log in new[] { $"{path}-wal", $"{path}-shm" }.Where(open.Contains))
        {
            File.Delete(log);
        }
    }

    private DatabaseTrouble? Check()
    {
        if (_checked != 0 && clock.GetElapsedTime(_checked) < _rest)
        {
            return _damaged;
        }

        var begun = clock.GetTimestamp();
        var found = Pages();
        _rest = TimeSpan.FromTicks(Math.Max(CheckInterval.Ticks, clock.GetElapsedTime(begun).Ticks * 100));
        _checked = clock.GetTimestamp();
        return _damaged = found is null
            ? null
            : new(DatabaseTroubleKind.Damaged, $"{path} is damaged: {found} Stop the server and restore a backup ('db restore').");
    }

    private DatabaseTrouble? Room() =>
        new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < Least
            ? new(DatabaseTroubleKind.Unavailable, $"{path} has no room left on its disk.")
            : null;

    // On a connection of its own: the others would look at the pages that they remember.
    private string? Pages()
    {
        try
        {
            using var fresh = new SqliteConnection(Builder(SqliteOpenMode.ReadOnly));
            fresh.Open();
            using var check = fresh.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            return check.ExecuteScalar() is string said and not "ok" ? said.ReplaceLineEndings(" ").TrimEnd('.') + "." : null;
        }
        catch (SqliteException error) when (error.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            return error.Message;
        }
        catch (SqliteException)
        {
            // Busy, or out of descriptors: whether it can serve is asked elsewhere.
            return null;
        }
    }

    private string Builder(SqliteOpenMode mode) => new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString();

    [SuppressMessage("Security", "CA2100", Justification = "The text is ours; the path in it is quoted.")]
    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private bool IsDeleted() => Array.Exists(_links, link => Target(link) == _name + Deleted);

    // The file that was opened, told by its time of birth, has another name, or nothing has the old one.
    private bool IsElsewhere()
    {
        var targets = _links.Select(Target).OfType<string>().ToList();
        return !targets.Contains(_name) || targets.Exists(target => target != _name && new FileInfo(target) is { Exists: true } other
            && other.CreationTimeUtc == _born);
    }

    private static IEnumerable<(string Link, string Target)> Links()
    {
        foreach (var link in OperatingSystem.IsLinux() ? Directory.EnumerateFiles("/proc/self/fd") : [])
        {
            if (Target(link) is { } target)
            {
                yield return (link, target);
            }
        }
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            // Closed since it was listed.
            return null;
        }
    }
}
