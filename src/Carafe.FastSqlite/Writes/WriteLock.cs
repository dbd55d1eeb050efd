using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Writes;

/// <summary>
/// The queue of this app's writers. SQLite lets one write at a time, and the others poll: whoever polls at the right moment is next, and an unlucky one
/// times out. Waiting here instead is first come, first served, and blocks no thread.
/// </summary>
internal sealed class WriteLock(TimeSpan patience) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Enter(CancellationToken cancellationToken = default)
    {
        if (!_turn.Wait(patience, cancellationToken))
        {
            throw Locked();
        }
    }

    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(patience, cancellationToken))
        {
            throw Locked();
        }
    }

    /// <summary>Enters unless it takes longer than one may wait who has waited elsewhere before.</summary>
    /// <param name="since">When the wait began, in milliseconds of <see cref="Environment.TickCount64"/>.</param>
    public Task<bool> TryEnterAsync(long since) => IsLate(since) ? Task.FromResult(false) : _turn.WaitAsync((int)Left(since));

    public bool IsLate(long since) => Left(since) <= 0;

    public void Leave() => _turn.Release();

    public void Dispose() => _turn.Dispose();

    public SqliteException Locked() => new($"Another writer of this app held the database for {patience.TotalSeconds:0} seconds.", SQLITE_BUSY);

    private long Left(long since) => since + (long)patience.TotalMilliseconds - Environment.TickCount64;
}
