using System.Threading.Channels;

namespace Floor;

/// <summary>
/// The one writer. Writes that wait together share a transaction, and each is answered after its commit is on disk.
/// A write that fails is undone alone.
/// </summary>
public sealed class Writer : IAsyncDisposable
{
    private const int MostAtOnce = 256;

    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Statements _statements;
    private readonly Task _loop;

    public Writer(string path)
    {
        _statements = new Statements(path);
        _loop = Task.Run(LoopAsync);
    }

    public Task<long> WriteAsync(Func<Statements, long> write)
    {
        var job = new Job(write);
        _jobs.Writer.TryWrite(job);
        return job.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.Complete();
        await _loop;
        _statements.Dispose();
    }

    private async Task LoopAsync()
    {
        var batch = new List<Job>(MostAtOnce);
        while (await _jobs.Reader.WaitToReadAsync())
        {
            while (batch.Count < MostAtOnce && _jobs.Reader.TryRead(out var job))
            {
                batch.Add(job);
            }

            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<Job> batch)
    {
        try
        {
            _statements.Begin.ExecuteNonQuery();
            foreach (var job in batch)
            {
                job.Run(_statements);
            }

            _statements.Commit.ExecuteNonQuery();
            batch.ForEach(job => job.Answer());
        }
        catch (SqliteException fault)
        {
            batch.ForEach(job => job.Done.TrySetException(fault));
        }
    }

    private sealed class Job(Func<Statements, long> write)
    {
        private long _result;
        private SqliteException? _fault;

        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Run(Statements statements)
        {
            try
            {
                _result = write(statements);
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT)
            {
                _fault = fault;
            }
        }

        public void Answer()
        {
            if (_fault is null)
            {
                Done.TrySetResult(_result);
            }
            else
            {
                Done.TrySetException(_fault);
            }
        }
    }
}

/// <summary>What the writer can write.</summary>
public sealed class Statements : Session
{
    public Statements(string path)
        : base(path)
    {
        Begin = Prepare("BEGIN IMMEDIATE");
        Commit = Prepare("COMMIT");
        Post = Prepare(
            "INSERT INTO posts (title, body, user_id, created_at, updated_at) VALUES ($title, $body, $user, $now, $now) RETURNING id",
            "$title", "$body", "$user", "$now");
        User = Prepare(
            "INSERT INTO users (username, email, password_hash, role, created_at) VALUES ($username, $email, $hash, 'user', $now) RETURNING id",
            "$username", "$email", "$hash", "$now");
        Login = Prepare("INSERT INTO sessions (id, user_id, created_at) VALUES ($session, $user, $now) RETURNING user_id", "$session", "$user", "$now");
    }

    public SqliteCommand Begin { get; }

    public SqliteCommand Commit { get; }

    public SqliteCommand Post { get; }

    public SqliteCommand User { get; }

    public SqliteCommand Login { get; }

    public static long Insert(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return (long)command.ExecuteScalar()!;
    }
}
