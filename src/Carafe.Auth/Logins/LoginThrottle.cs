using System.Collections.Concurrent;
using System.Net;

namespace Carafe.Auth;

/// <summary>
/// Slows guessing down: failures count per account and address together, per account over all addresses, and per address over all accounts. Each has some
/// free failures, then a wait that doubles. An account's own wait is short, and an address that has signed in to it before waits for neither of the other
/// two counts: nobody else can lock an account out, not even from the same address.
/// </summary>
internal sealed class LoginThrottle(TimeProvider clock)
{
    private static readonly Limit Pair = new(Free: 5, First: TimeSpan.FromSeconds(10), Longest: TimeSpan.FromMinutes(15));
    private static readonly Limit Account = new(Free: 50, First: TimeSpan.FromSeconds(5), Longest: TimeSpan.FromMinutes(1));
    private static readonly Limit Address = new(Free: 50, First: TimeSpan.FromSeconds(10), Longest: TimeSpan.FromMinutes(15));

    private readonly FailureCounts _counts = new(clock);
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    public int Size => _counts.Size;

    /// <summary>Begins an attempt.</summary>
    /// <exception cref="AbortException">429 with Retry-After while one of the counts requires a wait.</exception>
    public Attempt Enter(string account, IPAddress? address)
    {
        var (name, from) = (account.Trim().ToLowerInvariant(), ClientNetwork.Of(address));
        var pair = $"p {from} {name}";
        var counts = new List<(string Key, Limit Limit)> { (pair, Pair) };
        if (!_known.ContainsKey(pair))
        {
            counts.AddRange([($"n {from}", Address), ($"a {name}", Account)]);
        }

        Refuse(_counts.Enter(counts));
        return new Attempt(this, pair, counts);
    }

    private static void Refuse(TimeSpan wait)
    {
        if (wait > TimeSpan.Zero)
        {
            var error = new ApiError(StatusCodes.Status429TooManyRequests, "Too many failed logins. Try again later.");
            throw new AbortException(error with { Reason = "login_throttled", RetryAfter = wait });
        }
    }

    /// <summary>
    /// Represents one attempt. While its password is being checked it counts as a failure, so a thousand at once are not a thousand free guesses.
    /// </summary>
    internal sealed class Attempt
    {
        private readonly LoginThrottle _owner;
        private readonly string _pair;
        private readonly List<(string Key, Limit Limit)> _counts;
        private bool _checking;

        public Attempt(LoginThrottle owner, string pair, List<(string Key, Limit Limit)> counts) => (_owner, _pair, _counts) = (owner, pair, counts);

        /// <summary>Announces that the password is about to be checked.</summary>
        /// <exception cref="AbortException">429: others failed while this one waited for its turn.</exception>
        public void Check()
        {
            Refuse(_owner._counts.Check(_counts));
            _checking = true;
        }

        public void Failed() => _counts.ForEach(count => _owner._counts.Fail(count.Key, count.Limit));

        public void Succeeded()
        {
            if (_owner._known.Count >= FailureCounts.Capacity)
            {
                _owner._known.Clear();
            }

            _owner._known[_pair] = 0;
            _owner._counts.Forget(_pair);
        }

        public void Leave() => _counts.ForEach(count =>
        {
            if (_checking)
            {
                _owner._counts.EndCheck(count.Key);
            }

            _owner._counts.End(count.Key);
        });
    }
}

/// <summary>Defines the number of free failures, the first wait after them, and the longest wait it doubles to.</summary>
internal sealed record Limit(int Free, TimeSpan First, TimeSpan Longest);
