using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Carafe.Limits;

namespace Carafe.Auth;

/// <summary>
/// Slows guessing down: failures count per account and address together, per account over all addresses, and per address over all accounts, in the store
/// of limits, which replicas share. An address that has signed in to an account before is counted for that pair alone: nobody else can lock the account's
/// owner out, not even from the same address.
/// </summary>
internal sealed class LoginThrottle
{
    // Attempts that wait for their turn without a failure yet: logins of one account at once, as a test run or a restarted fleet makes them.
    private const int MostAtOnce = 32;

    private static readonly Limit Known = new("login.known", 1, TimeSpan.FromDays(30), LimitStrategy.FixedWindow);

    private readonly ConcurrentDictionary<LimitKey, int> _underWay = new();
    private readonly LimitGate _gate;
    private readonly AuthOptions _options;
    private readonly IReadOnlyList<Limit> _pair;
    private readonly IReadOnlyList<Limit> _address;
    private readonly IReadOnlyList<Limit> _account;
    private readonly Lazy<byte[]> _key;

    public LoginThrottle(LimitGate gate, AuthOptions options, CarafeSettings settings)
    {
        (_gate, _options) = (gate, options);
        _pair = Limit.Parse("login", options.LoginLimit);
        _address = Limit.Parse("login.address", options.LoginAddressLimit);
        _account = Limit.Parse("login.account", options.LoginAccountLimit);
        _key = new(() => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.SecretKey), 32, info: "carafe logins"u8.ToArray()));
    }

    /// <summary>Begins an attempt.</summary>
    /// <exception cref="AbortException">429 with Retry-After while one of the limits has nothing left; 503 while the store is away.</exception>
    public async Task<LoginAttempt> EnterAsync(string account, HttpContext context)
    {
        var (name, from) = (Hash(account.Trim().ToLowerInvariant()), LimitKey.Address(context.Connection.RemoteIpAddress));
        var pair = LimitKey.Of($"{from} {name}");
        if (!_gate.IsOn)
        {
            return new LoginAttempt(this, context, pair, []);
        }

        var takes = new List<LimitTake>([new(Known, pair, 0)]);
        takes.AddRange(_pair.Select(limit => new LimitTake(limit, pair, 0)));
        takes.AddRange(_address.Select(limit => new LimitTake(limit, from, 0)));
        takes.AddRange(_account.Select(limit => new LimitTake(limit, LimitKey.Of(name), 0)));
        var states = new LimitState[takes.Count];
        var isKnown = false;
        if (await _gate.TakeAsync(takes.ToArray(), states, isFinal: false, context.RequestAborted) == LimitDecision.Away)
        {
            RefuseUnlessOpen();
        }
        else
        {
            isKnown = states[0].Remaining == 0;
        }

        LimitTake[] counted = [.. takes.Skip(1).Take(isKnown ? _pair.Count : takes.Count).Select(take => take with { Cost = 1 })];
        var attempt = new LoginAttempt(this, context, pair, counted) { IsKnown = isKnown };
        if (!_gate.IsAway)
        {
            // What has nothing left refuses until there is more.
            attempt.Refuse([.. states.Skip(1).Take(counted.Length)
                .Select(state => state.Remaining == 0 ? state with { RetryAfter = state.Reset } : state)]);
        }

        if (_underWay.AddOrUpdate(pair, 1, static (_, count) => count + 1) > MostAtOnce)
        {
            Leave(pair);
            throw Throttled(TimeSpan.FromSeconds(1));
        }

        return attempt;
    }

    internal static AbortException Throttled(TimeSpan wait) =>
        new(new ApiError(StatusCodes.Status429TooManyRequests, "Too many failed logins. Try again later.") { Reason = "login_throttled", RetryAfter = wait });

    internal async Task<LimitState[]> TakeAsync(LimitTake[] takes)
    {
        var states = new LimitState[takes.Length];
        if (takes.Length > 0 && await _gate.TakeAsync(takes, states, isFinal: false, default) == LimitDecision.Away)
        {
            RefuseUnlessOpen();
            states.AsSpan().Fill(new LimitState(-1, default, default));
        }

        return states;
    }

    internal async Task SucceedAsync(LimitKey pair, bool isKnown, LimitTake[] takes, LimitState[] states)
    {
        if (!_gate.IsOn || states.Length == 0 || states[0].Remaining < 0)
        {
            return;
        }

        await _gate.ReturnAsync(takes, states);
        if (!isKnown)
        {
            await _gate.TakeAsync(new[] { new LimitTake(Known, pair) }, new LimitState[1], isFinal: false, default);
        }
    }

    internal void Leave(LimitKey pair)
    {
        while (_underWay.TryGetValue(pair, out var count))
        {
            if (count == 1 ? _underWay.TryRemove(KeyValuePair.Create(pair, 1)) : _underWay.TryUpdate(pair, count - 1, count))
            {
                return;
            }
        }
    }

    private void RefuseUnlessOpen()
    {
        if (!_options.LoginOpenWhenAway)
        {
            throw new AbortException(new ApiError(StatusCodes.Status503ServiceUnavailable, "Logins cannot be counted at the moment. Try again later.")
            {
                Reason = "limits_unavailable",
                RetryAfter = TimeSpan.FromSeconds(5),
            });
        }
    }

    // Whoever reads the store learns no names.
    private string Hash(string name) => Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
}
