using System.Globalization;

namespace Carafe.Tasks.Storage;

/// <summary>Counts durations in steps of half an octave, so that those of many workers can be added up in little space.</summary>
internal sealed class DurationHistogram
{
    // The last one, from 4.7 hours, has no end.
    private const int Steps = 49;

    private readonly long[] _counts = new long[Steps];

    public void Add(double milliseconds) =>
        _counts[milliseconds <= 1 ? 0 : Math.Min(Steps - 1, (int)Math.Ceiling(2 * Math.Log2(milliseconds)))]++;

    /// <summary>Adds what <see cref="ToString"/> wrote.</summary>
    public void Add(string stored)
    {
        foreach (var part in stored.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf(':', StringComparison.Ordinal);
            var step = int.Parse(part.AsSpan(0, at), CultureInfo.InvariantCulture);
            _counts[Math.Min(Steps - 1, step)] += long.Parse(part.AsSpan(at + 1), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Returns the seconds within which a part of the durations lies, rounded up to the end of a step; null when there are none.</summary>
    public double? Percentile(double part)
    {
        var rank = (long)Math.Ceiling(_counts.Sum() * part);
        for (var step = 0; step < Steps && rank > 0; step++)
        {
            rank -= _counts[step];
            if (rank <= 0)
            {
                return Math.Round(Math.Pow(2, step / 2d)) / 1000;
            }
        }

        return null;
    }

    public override string ToString() => string.Join(',', _counts.Select((count, step) => (count, step)).Where(item => item.count > 0)
        .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.step}:{item.count}")));
}
