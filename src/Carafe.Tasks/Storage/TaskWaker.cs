using System.Data.Common;
using Npgsql;

namespace Carafe.Tasks.Storage;

/// <summary>
/// Wakes workers: those of this process at once, those of others by NOTIFY where the database has it. Polling catches what is lost.
/// </summary>
internal sealed class TaskWaker(TaskDatabase database, ILogger<TaskWaker> logger) : IDisposable
{
    private const string Channel = "carafe_tasks";

    private static readonly TimeSpan ConnectAgain = TimeSpan.FromSeconds(5);

    private readonly string _self = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Lock _lock = new();
    private bool _pending;
    private bool _sending;
    private bool? _notifies;

    /// <summary>Wakes all workers, after a commit.</summary>
    public void WakeAll(DbContext db)
    {
        Wake();
        _notifies ??= TaskDatabase.IsPostgres(db);
        if (_notifies == false)
        {
            return;
        }

        lock (_lock)
        {
            _pending = true;
            if (_sending)
            {
                return;
            }

            _sending = true;
        }

        _ = Task.Run(SendAsync);
    }

    /// <summary>Wakes the worker of this process.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    /// <summary>Waits until the worker is woken or the time is over. Returns whether it was woken.</summary>
    public Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellationToken) => _signal.WaitAsync(most, cancellationToken);

    /// <summary>Listens to other processes until it is stopped. Returns at once where the database has no notifications.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!await database.WithAsync(db => ListenAsync(db, cancellationToken)))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is DbException or InvalidOperationException or TimeoutException or IOException)
            {
                logger.LogDebug(error, "The connection that listens for tasks was lost; polling goes on, and it is opened again");
                await Task.Delay(ConnectAgain, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public void Dispose() => _signal.Dispose();

    private async Task<bool> ListenAsync(DbContext db, CancellationToken cancellationToken)
    {
        if (!TaskDatabase.IsPostgres(db))
        {
            return false;
        }

        await db.Database.OpenConnectionAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        connection.Notification += Notified;
        try
        {
            await db.Database.ExecuteSqlRawAsync($"LISTEN {Channel}", cancellationToken);
            // What was enqueued before it listened.
            Wake();
            while (!cancellationToken.IsCancellationRequested)
            {
                await connection.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            connection.Notification -= Notified;
        }

        return true;
    }

    private void Notified(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (notification.Payload != _self)
        {
            Wake();
        }
    }

    // One notification stands for all that were enqueued since the last: each takes a lock of the whole database server.
    private async Task SendAsync()
    {
        while (true)
        {
            lock (_lock)
            {
                if (!_pending)
                {
                    _sending = false;
                    return;
                }

                _pending = false;
            }

            try
            {
                await database.ExecuteAsync($"SELECT pg_notify(@channel, @self), {TaskDatabase.WithoutFlush}", CancellationToken.None,
                    ("channel", Channel), ("self", _self));
            }
            catch (Exception error) when (error is DbException or InvalidOperationException or ObjectDisposedException)
            {
                logger.LogDebug(error, "Workers of other processes were not woken; they poll");
            }
        }
    }
}
