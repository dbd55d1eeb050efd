using System.Diagnostics;

namespace Carafe.Limits;

/// <summary>Lists what can come of asking a store.</summary>
internal enum LimitDecision
{
    Allowed,
    Refused,

    /// <summary>The store did not respond; whoever asks decides by the limit.</summary>
    Away,
}

/// <summary>
/// Asks the store that is configured. No request waits longer for it than <see cref="LimitPatience"/> says. When it is away it is asked in the background
/// until it is back, and no request waits at all.
/// </summary>
internal sealed class LimitGate : IAsyncDisposable
{
    public const string StoreSetting = "RATELIMIT_STORE";

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly Limit ProbeLimit = new("carafe.probe", 1, TimeSpan.FromMinutes(1));

    private readonly LimitPatience _patience = new();
    private readonly LimitRefusals _refusals;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ILogger<LimitGate> _logger;
    private readonly MemoryLimitStore? _memory;
    private readonly ILimitStore _store;
    private readonly bool _isOwned;
    private Task _probe = Task.CompletedTask;
    private int _away;

    public LimitGate(LimitSettings settings, IEnumerable<ILimitStore> own, IEnumerable<LimitStoreSource> sources, IServiceProvider services,
        IHostEnvironment environment, TimeProvider clock, ILogger<LimitGate> logger)
    {
        (_logger, _refusals) = (logger, new LimitRefusals(clock));
        IsOn = settings.RatelimitEnabled ?? !environment.IsTesting();
        (Name, _store) = Choose(settings, [.. own], [.. sources], services, clock);
        _memory = _store as MemoryLimitStore;
        _isOwned = !own.Any();
    }

    public bool IsOn { get; }

    public string Name { get; }

    public bool IsAway => Volatile.Read(ref _away) == 1;

    /// <summary>Takes from all limits or from none.</summary>
    /// <param name="takes">What is asked for.</param>
    /// <param name="states">Filled with how each limit stands; a negative rest means that it is not known.</param>
    /// <param name="isFinal">Whether nothing of it will be returned: then a refusal holds until its time, and the store is not asked again before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<LimitDecision> TakeAsync(ReadOnlyMemory<LimitTake> takes, Memory<LimitState> states, bool isFinal, CancellationToken cancellationToken)
    {
        if (_memory is not null)
        {
            return new(_memory.Take(takes.Span, states.Span) ? LimitDecision.Allowed : LimitDecision.Refused);
        }

        return IsAway ? new(LimitDecision.Away)
            : _refusals.Know(takes.Span, states.Span) ? new(LimitDecision.Refused)
            : new(AskAsync(takes, states, isFinal, cancellationToken));
    }

    /// <summary>Gives back what was taken; a store that is away keeps it until it expires.</summary>
    public async ValueTask ReturnAsync(ReadOnlyMemory<LimitTake> takes, ReadOnlyMemory<LimitState> states)
    {
        if (_memory is not null)
        {
            await _memory.ReturnAsync(takes, states, default);
        }
        else if (!IsAway)
        {
            await TryAsync(async () =>
            {
                await _store.ReturnAsync(takes, states, _stopped.Token);
                return true;
            }, default);
        }
    }

    /// <summary>Opens the store: connects, makes what it needs, compiles what asks it. It may take longer than a request's wait.</summary>
    public async Task OpenAsync()
    {
        if (!IsOn || _memory is not null)
        {
            return;
        }

        try
        {
            // Several, as the first requests will be.
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PeekAsync()));
            _patience.Responded();
        }
        catch (Exception error)
        {
            Leave(error.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _probe;
        if (_isOwned && _store is IAsyncDisposable store)
        {
            await store.DisposeAsync();
        }

        _stopped.Dispose();
    }

    private static (string Name, ILimitStore Store) Choose(
        LimitSettings settings, ILimitStore[] own, LimitStoreSource[] sources, IServiceProvider services, TimeProvider clock)
    {
        if (own.Length > 0)
        {
            return (own[^1].GetType().Name, own[^1]);
        }

        var wanted = settings.RatelimitStore;
        foreach (var source in sources.OrderByDescending(source => source.Priority))
        {
            if ((wanted is null || source.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)) && source.Open(services) is { } store)
            {
                return (source.Name, store);
            }
        }

        const string Memory = "memory";
        return wanted is null || wanted.Equals(Memory, StringComparison.OrdinalIgnoreCase)
            ? (Memory, new MemoryLimitStore(clock))
            : throw new ConfigurationException([$"{StoreSetting}: '{wanted}' is not configured. Known are "
                + $"{string.Join(", ", sources.Select(source => source.Name).Append(Memory))}; redis needs REDIS_URL, postgresql such a DATABASE_URL."]);
    }

    private async Task<LimitDecision> AskAsync(ReadOnlyMemory<LimitTake> takes, Memory<LimitState> states, bool isFinal, CancellationToken cancellationToken)
    {
        // A response that comes too late must not write into what the request goes on with.
        var found = new LimitState[takes.Length];
        if (await TryAsync(() => _store.TakeAsync(takes, found, _stopped.Token), cancellationToken) is not { } allowed)
        {
            return LimitDecision.Away;
        }

        found.CopyTo(states);
        if (!allowed && isFinal)
        {
            _refusals.Keep(takes.Span, found);
        }

        return allowed ? LimitDecision.Allowed : LimitDecision.Refused;
    }

    private async Task<bool?> TryAsync(Func<ValueTask<bool>> ask, CancellationToken cancellationToken)
    {
        var asked = Task.Run(async () => await ask(), cancellationToken);
        try
        {
            var result = await _patience.WaitAsync(asked, cancellationToken);
            _patience.Responded();
            return result;
        }
        catch (TimeoutException)
        {
            if (_patience.IsGone())
            {
                Leave("it does not respond");
            }
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Leave(error.Message);
        }

        return null;
    }

    private void Leave(string reason)
    {
        if (Interlocked.Exchange(ref _away, 1) == 0 && !_stopped.IsCancellationRequested)
        {
            _logger.LogWarning("The store of limits, {Store}, is away: {Reason}. Until it is back nothing is counted", Name, reason);
            _probe = Task.Run(ProbeAsync);
        }
    }

    private async Task ProbeAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(ProbeInterval, _stopped.Token);
                await PeekAsync();
                _patience.Responded();
                Volatile.Write(ref _away, 0);
                _logger.LogWarning("The store of limits, {Store}, is back after {Duration}", Name, Stopwatch.GetElapsedTime(started));
                return;
            }
            catch (Exception error)
            {
                _logger.LogDebug(error, "The store of limits, {Store}, is still away", Name);
            }
        }
    }

    private Task<bool> PeekAsync() =>
        _store.TakeAsync(new[] { new LimitTake(ProbeLimit, LimitKey.Everybody, 0) }, new LimitState[1], _stopped.Token).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(2), _stopped.Token);
}
