using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// The queue of this app's writers. SQLite lets one write at a time, and the others poll: whoever polls at the right moment is next, and an unlucky one
/// times out. Waiting here instead is first come, first served, and blocks no thread.
/// </summary>
internal sealed class WriteGate(TimeSpan patience) : IDisposable
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

    public void Leave() => _turn.Release();

    public void Dispose() => _turn.Dispose();

    private SqliteException Locked() => new($"Another writer of this app held the database for {patience.TotalSeconds:0} seconds.", SQLITE_BUSY);
}
