using Carafe.Limits;

namespace Carafe.Auth;

/// <summary>
/// Represents one attempt to sign in. While its password is being checked it counts as a failure, so a thousand at once are not a thousand free guesses.
/// </summary>
internal sealed class LoginAttempt(LoginThrottle owner, HttpContext context, LimitKey pair, LimitTake[] takes)
{
    private LimitState[] _states = [];
    private bool _told;

    public bool IsKnown { get; init; }

    /// <summary>Takes from the limits; called on the thread that is about to hash, which may wait.</summary>
    /// <exception cref="AbortException">429: others failed while this one waited for its turn; 503: the store is away.</exception>
    public void Check()
    {
        _states = owner.TakeAsync(takes).GetAwaiter().GetResult();
        Refuse(_states);
    }

    /// <summary>Ends the attempt with 429 if one of the limits refuses it.</summary>
    public void Refuse(LimitState[] states)
    {
        _states = states;
        Tell();
        if (states.Length > 0 && states.Max(state => state.RetryAfter) is var wait && wait > TimeSpan.Zero)
        {
            throw LoginThrottle.Throttled(wait);
        }
    }

    public async Task SucceededAsync()
    {
        await owner.SucceedAsync(pair, IsKnown, takes, _states);
        _states = [.. _states.Select((state, at) => state with { Remaining = Math.Min(takes[at].Limit.Count, state.Remaining + 1) })];
    }

    public void Leave() => owner.Leave(pair);

    // What is left of the pair's limits, and of others when they refuse: how others fare is nobody's business.
    private void Tell()
    {
        if (_told || takes.Length == 0)
        {
            return;
        }

        _told = true;
        context.Response.OnStarting(() =>
        {
            for (var at = 0; at < _states.Length; at++)
            {
                if (takes[at].Key == pair || _states[at].RetryAfter > TimeSpan.Zero)
                {
                    LimitHeaders.Add(context.Response.Headers, $"{takes[at].Limit.Name} {takes[at].Limit}", takes[at].Limit, _states[at]);
                }
            }

            return Task.CompletedTask;
        });
    }
}
