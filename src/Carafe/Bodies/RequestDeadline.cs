using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Carafe.Bodies;

/// <summary>
/// Limits the time of a handler. It is paused while the request's body arrives and the response is sent: a transfer has a least rate instead, which the
/// server enforces. The cancellation source is created when the token is first read: many small responses do without. After the request the token is the
/// server's again.
/// </summary>
internal sealed class RequestDeadline(IHttpRequestLifetimeFeature server, TimeSpan time, TimeProvider clock)
    : IHttpRequestLifetimeFeature, IHttpRequestTimeoutFeature, IDisposable
{
    private readonly Lock _lock = new();
    private long _start = clock.GetTimestamp();
    private long _stood;
    private int _pauses;
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _left;
    private CancellationToken? _replaced;
    private bool _ended;
    private bool _disabled;
    private bool _outlivesClient;

    public bool IsOver => _source?.IsCancellationRequested is true && (_outlivesClient || !server.RequestAborted.IsCancellationRequested);

    /// <summary>Whether the request is over: what runs on behind its back must not see the next one's cancellation.</summary>
    public bool HasEnded => _ended;

    public CancellationToken RequestAborted
    {
        get => _ended ? server.RequestAborted : _replaced ?? Source.Token;
        set => _replaced = value;
    }

    public CancellationToken RequestTimeoutToken => Source.Token;

    private CancellationTokenSource Source => _source ?? Make();

    private TimeSpan Remaining => time - clock.GetElapsedTime(_start);

    public void Abort() => server.Abort();

    public void DisableTimeout()
    {
        lock (_lock)
        {
            _disabled = true;
            _source?.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lets the handler go on when its client leaves; its time still ends it. Returns false where the client has left already.</summary>
    public bool OutliveClient()
    {
        // Waits for a cancellation that is under way.
        _left.Dispose();
        lock (_lock)
        {
            return _outlivesClient = !server.RequestAborted.IsCancellationRequested && _source?.IsCancellationRequested is not true;
        }
    }

    public void Pause()
    {
        lock (_lock)
        {
            if (_pauses++ == 0 && !_ended)
            {
                _stood = clock.GetTimestamp();
                _source?.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            if (--_pauses == 0 && !_ended)
            {
                _start += clock.GetTimestamp() - _stood;
                Arm();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            _left.Dispose();
            _source?.Dispose();
        }
    }

    private CancellationTokenSource Make()
    {
        // A handler may read the token on several threads at once.
        lock (_lock)
        {
            if (_source is null)
            {
                _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
                Arm();
                if (!_outlivesClient)
                {
                    _left = server.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
                }
            }

            return _source;
        }
    }

    private void Arm()
    {
        if (_pauses == 0 && !_disabled)
        {
            _source?.CancelAfter(Remaining > TimeSpan.Zero ? Remaining : TimeSpan.Zero);
        }
    }
}
