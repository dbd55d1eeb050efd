using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>Copies of a SQLite database, made while it is in use.</summary>
internal static class SqliteBackup
{
    // The file, its log and the index of the log.
    private static readonly string[] Parts = ["", "-wal", "-shm"];

    public static async Task WriteAsync(string connectionString, string file, CancellationToken cancellationToken)
    {
        var partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            PrivateFiles.Touch(partial);
            await using var source = new SqliteConnection(connectionString);
            await source.OpenAsync(cancellationToken);
            await using var copy = source.CreateCommand();
            // One read transaction, so the copy is one moment of the database; in WAL nobody has to wait for it.
            copy.CommandText = "VACUUM INTO $file";
            copy.Parameters.AddWithValue("$file", partial);
            await copy.ExecuteNonQueryAsync(cancellationToken);
            using (var written = File.Open(partial, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(partial, file, overwrite: false);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is SQLITE_FULL or SQLITE_IOERR)
        {
            throw new CommandException($"{file} cannot be written: {error.Message}");
        }
        finally
        {
            File.Delete(partial);
            File.Delete($"{partial}-journal");
        }
    }

    public static async Task<IReadOnlyList<string>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var backup = await OpenAsync(file, cancellationToken);
            await using var check = backup.CreateCommand();
            check.CommandText = "PRAGMA integrity_check(1)";
            if (await check.ExecuteScalarAsync(cancellationToken) is not "ok")
            {
                throw Broken(file);
            }

            await using var history = backup.CreateCommand();
            history.CommandText = """SELECT * FROM "__EFMigrationsHistory" ORDER BY 1""";
            var ids = new List<string>();
            await using var rows = await history.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                ids.Add(rows.GetString(0));
            }

            return ids;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == SQLITE_ERROR)
        {
            throw new CommandException($"{file} is a database without migrations: it belongs to another app. Nothing was changed.");
        }
        catch (SqliteException error) when (error.SqliteErrorCode is SQLITE_NOTADB or SQLITE_CORRUPT or SQLITE_IOERR or SQLITE_CANTOPEN)
        {
            throw Broken(file);
        }
    }

    public static async Task RestoreAsync(string connectionString, string file, CancellationToken cancellationToken)
    {
        await using var backup = await OpenAsync(file, cancellationToken);
        await using var target = new SqliteConnection(connectionString);
        await target.OpenAsync(cancellationToken);
        // One write transaction of the target: a kill in the middle rolls it back.
        backup.BackupDatabase(target);
        await using var wal = target.CreateCommand();
        wal.CommandText = "PRAGMA journal_mode=WAL";
        await wal.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Restores a backup into a file of its own, which is checked and deleted.</summary>
    public static async Task TryRestoreAsync(string file, CancellationToken cancellationToken)
    {
        var copy = $"{file}.restored";
        try
        {
            PrivateFiles.Touch(copy);
            await RestoreAsync(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ToString(), file, cancellationToken);
            await ReadAsync(copy, cancellationToken);
        }
        finally
        {
            Array.ForEach(Parts, part => File.Delete(copy + part));
        }
    }

    /// <summary>Moves a damaged file and its log aside, and returns its new name; null where it is sound or no database of SQLite at all.</summary>
    public static async Task<string?> MoveDamagedAsync(string path, CancellationToken cancellationToken)
    {
        if (!await IsDamagedAsync(path, cancellationToken))
        {
            return null;
        }

        var aside = $"{path}.damaged-{Guid.NewGuid():N}";
        foreach (var part in Parts.Where(part => File.Exists(path + part)))
        {
            File.Move(path + part, aside + part);
        }

        PrivateFiles.Touch(path);
        return aside;
    }

    private static async Task<bool> IsDamagedAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(path, cancellationToken);
            await using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            return await check.ExecuteScalarAsync(cancellationToken) is not "ok";
        }
        catch (SqliteException error) when (error.SqliteErrorCode == SQLITE_CORRUPT)
        {
            return true;
        }
    }

    private static async Task<SqliteConnection> OpenAsync(string file, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }
            .ToString());
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static CommandException Broken(string file) =>
        new($"{file} is not a whole SQLite database: the backup is damaged or was not finished. Nothing was changed.");
}
