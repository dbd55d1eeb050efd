using Carafe.Data.Sqlite;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Tests.Data;

/// <summary>What becomes of writes that wait together when the database refuses their commit, which a hook of SQLite's does here.</summary>
public sealed class FailedCommitTests : IAsyncDisposable
{
    private readonly string _name = $"{Guid.NewGuid()}";
    private readonly WriteGate _gate = new(TimeSpan.FromSeconds(10));
    private readonly ConnectionPool _pool;
    private readonly GroupWriter _writer;
    private readonly ContextConnection _connection;
    private Func<int, bool> _refuses = _ => false;
    private int _commits;

    public FailedCommitTests()
    {
        _pool = new ConnectionPool(() =>
        {
            var connection = new LastingConnection(Database, "");
            connection.Open();
            sqlite3_commit_hook(connection.Handle, _ => _refuses(++_commits) ? 1 : 0, null);
            return connection;
        });
        _writer = new GroupWriter(_gate, _pool);
        _connection = new ContextConnection(Database, "", _gate, _pool, _writer);
        _connection.Open();
        _connection.Execute("CREATE TABLE notes (text)");
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
        Assert.All(await WriteAsync(3), write => Assert.Equal(SQLITE_CONSTRAINT_COMMITHOOK, Assert.IsType<SqliteException>(write.Exception?.InnerException).SqliteExtendedErrorCode));
        Assert.Equal(0, Count());
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _pool.Dispose();
        await _connection.DisposeAsync();
        _gate.Dispose();
    }

    private async Task<Task<int>[]> WriteAsync(int count)
    {
        _gate.Enter();
        var commands = Enumerable.Range(0, count).Select(_ => _connection.CreateCommand()).ToList();
        commands.ForEach(command => command.CommandText = "INSERT INTO notes VALUES ('it')");
        var writes = commands.Select(command => command.ExecuteNonQueryAsync()).ToArray();
        _gate.Leave();
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

    private string Database => $"Data Source=file:/{_name}?vfs=memdb;Pooling=False";
}
