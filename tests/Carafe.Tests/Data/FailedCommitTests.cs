using Carafe.FastSqlite.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using static SQLitePCL.raw;

namespace Carafe.Tests.Data;

/// <summary>What becomes of writes that wait together when the database refuses their commit, which a hook of SQLite's does here.</summary>
public sealed class FailedCommitTests : IAsyncDisposable
{
    private readonly FastSqliteOptions _fast = new();
    private readonly RoutingSqliteConnection _connection;
    private Func<int, bool> _refuses = _ => false;
    private int _commits;

    public FailedCommitTests()
    {
        _connection = new RoutingSqliteConnection(_fast, $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb;Default Timeout=10");
        _connection.Open();
        using var create = _connection.CreateCommand();
        create.CommandText = "CREATE TABLE notes (text)";
        create.ExecuteNonQuery();
        // The one that was used last is used next, and here only one is used at a time.
        var only = _connection.Shared!.Pool.Rent();
        sqlite3_commit_hook(only.Handle, _ => _refuses(++_commits) ? 1 : 0, null);
        _connection.Shared.Pool.Return(only);
    }

    [Fact]
    public async Task A_commit_that_fails_is_made_up_for_one_by_one()
    {
        _refuses = commit => commit == 1;
        Assert.All(await WriteAsync(3), write => Assert.Equal(1, write.Result));
        Assert.Equal(1 + 3, _commits);
        Assert.Equal(3, Count());
    }

    [Fact]
    public async Task Nobody_is_told_of_a_write_that_is_not_committed()
    {
        _refuses = _ => true;
        Assert.All(await WriteAsync(3),
            write => Assert.Equal(SQLITE_CONSTRAINT_COMMITHOOK, Assert.IsType<SqliteException>(write.Exception?.InnerException).SqliteExtendedErrorCode));
        Assert.Equal(0, Count());
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _fast.DisposeAsync();
    }

    private async Task<Task<int>[]> WriteAsync(int count)
    {
        _connection.Shared!.Lock.Enter();
        var commands = Enumerable.Range(0, count).Select(_ => _connection.CreateCommand()).ToList();
        commands.ForEach(command => command.CommandText = "INSERT INTO notes VALUES ('it')");
        var writes = commands.Select(command => command.ExecuteNonQueryAsync()).ToArray();
        _connection.Shared!.Lock.Leave();
        await Task.WhenAll(writes).ContinueWith(_ => { }, TaskScheduler.Default);
        commands.ForEach(command => command.Dispose());
        return writes;
    }

    private long Count()
    {
        using var count = _connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM notes";
        return (long)count.ExecuteScalar()!;
    }
}
