using System.Threading.Channels;
using Carafe.Replicas;
using Npgsql;

namespace Carafe.Data.Replicas;

/// <summary>Carries messages by NOTIFY and LISTEN, on one connection of its own that is opened again whenever it breaks.</summary>
internal sealed class PostgresReplicaChannel : IReplicaChannel
{
    private const string Name = "carafe_replicas";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A server that is away keeps nobody from ending.
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _source;
    private readonly ILogger<PostgresReplicaChannel> _logger;

    // A server that is away makes them pile up: the oldest are lost, as the net says.
    private readonly Channel<string> _outgoing =
        Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly CancellationTokenSource _stopped = new();
    private readonly Lazy<Task> _sending;
    private Task _listening = Task.CompletedTask;

    public PostgresReplicaChannel(string connection, ILogger<PostgresReplicaChannel> logger)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { MaxPoolSize = 2, CommandTimeout = 2, KeepAlive = 2 });
        (_logger, _sending) = (logger, new(() => Task.Run(SendAsync)));
    }

    public void Publish(string message)
    {
        _outgoing.Writer.TryWrite(message);
        _ = _sending.Value;
    }

    public void Subscribe(Action<string?> receive) => _listening = Task.Run(() => ListenAsync(receive));

    public async ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        _stopped.CancelAfter(SendTimeout);
        if (_sending.IsValueCreated)
        {
            await _sending.Value;
        }

        await _stopped.CancelAsync();
        await _listening;
        await _source.DisposeAsync();
        _stopped.Dispose();
    }

    private async Task ListenAsync(Action<string?> receive)
    {
        var isAway = false;
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                await using var open = await _source.OpenConnectionAsync(_stopped.Token);
                open.Notification += (_, notification) => receive(notification.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Name}", open))
                {
                    await listen.ExecuteNonQueryAsync(_stopped.Token);
                }

                if (isAway)
                {
                    _logger.LogInformation("Replicas hear of ended sessions at once again");
                    isAway = false;
                }

                receive(null);
                while (true)
                {
                    await open.WaitAsync(_stopped.Token);
                }
            }
            catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                if (!isAway)
                {
                    _logger.LogWarning(
                        "LISTEN does not work: {Reason}. Until it does, replicas see ended sessions after SESSION_CACHE_DURATION", error.Message);
                    isAway = true;
                }

                await PauseAsync();
            }
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(_stopped.Token))
            {
                try
                {
                    await using var command = _source.CreateCommand("SELECT pg_notify($1, $2)");
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = message });
                    await command.ExecuteNonQueryAsync(_stopped.Token);
                }
                catch (Exception error) when (error is NpgsqlException or TimeoutException)
                {
                    _logger.LogDebug(error, "A message to the replicas is lost");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(Pause, _stopped.Token);
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }
}
