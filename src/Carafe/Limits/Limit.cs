using System.Globalization;

namespace Carafe;

/// <summary>Describes one limit: so many in so long, under a name. Limits of the same name, count, window and strategy share their counts.</summary>
public sealed class Limit
{
    /// <summary>The largest count of a limit.</summary>
    public const int MaxCount = 1_000_000;

    /// <summary>The largest count of a moving window, which keeps a time for each.</summary>
    public const int MaxMovingCount = 10_000;

    /// <summary>Creates a limit.</summary>
    /// <param name="name">The name that its counts are kept under: printable ASCII without quotes and backslashes, at most 100 characters.</param>
    /// <param name="count">How many, 1 to <see cref="MaxCount"/>; with a moving window at most <see cref="MaxMovingCount"/>.</param>
    /// <param name="window">In how long: whole seconds, at most 366 days.</param>
    /// <param name="strategy">How it counts. Default: smooth.</param>
    /// <exception cref="ArgumentException">One of these is outside its range.</exception>
    public Limit(string name, int count, TimeSpan window, LimitStrategy strategy = LimitStrategy.Smooth)
    {
        if (name.Length is 0 or > 100 || name.Any(letter => letter is < ' ' or > '~' or '"' or '\\'))
        {
            throw new ArgumentException($"'{name}' is no name of a limit: it takes 1 to 100 printable ASCII characters without quotes and backslashes.");
        }

        var most = strategy == LimitStrategy.MovingWindow ? MaxMovingCount : MaxCount;
        if (count < 1 || count > most)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a count is 1 to {most}, not {count}."));
        }

        if (window < TimeSpan.FromSeconds(1) || window > TimeSpan.FromDays(366) || window.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new ArgumentException("a window is whole seconds, from 1 second to 366 days.");
        }

        (Name, Count, Window, Strategy) = (name, count, window, strategy);
        Scope = string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(name)}:{count}/{window.TotalSeconds:0}{Letter(strategy)}");
        ScopeHash = Scope.GetHashCode(StringComparison.Ordinal);
        // Rounded up: never faster than the limit.
        Interval = (window.Ticks + count - 1) / count;
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets how many.</summary>
    public int Count { get; }

    /// <summary>Gets in how long.</summary>
    public TimeSpan Window { get; }

    /// <summary>Gets how it counts.</summary>
    public LimitStrategy Strategy { get; }

    /// <summary>Gets what its counts are kept under in a store: the name with <c>:</c> escaped, the count, the seconds and the strategy.</summary>
    public string Scope { get; }

    internal int ScopeHash { get; }

    /// <summary>Gets the time in which a smooth limit gives one back, in ticks.</summary>
    internal long Interval { get; }

    /// <summary>Reads limits such as <c>5/minute</c>, <c>10 per 2 hours</c> or <c>5/minute;100/hour moving</c>.</summary>
    /// <param name="name">The name of the limits.</param>
    /// <param name="notation">
    /// One or more limits, separated by <c>;</c> or <c>,</c>. Each is a count, <c>/</c> or <c>per</c>, a number of units if not 1, a unit (second, minute,
    /// hour, day, month of 30 days, year of 365), and <c>moving</c> or <c>fixed</c> if not smooth.
    /// </param>
    /// <exception cref="FormatException">It is none of that; the message says what is wrong.</exception>
    public static IReadOnlyList<Limit> Parse(string name, string notation) => LimitNotation.Parse(name, notation);

    /// <summary>Returns the limit as it is written, such as <c>5/minute</c>.</summary>
    public override string ToString() => LimitNotation.Write(this);

    private static char Letter(LimitStrategy strategy) => strategy switch
    {
        LimitStrategy.MovingWindow => 'm',
        LimitStrategy.FixedWindow => 'f',
        _ => 's',
    };
}
