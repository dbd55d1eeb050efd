using System.Globalization;

namespace Carafe.Tests.Data.Models;

/// <summary>
/// How much of a generated suite runs: a sample that <c>TEST_SEED</c> chooses, or with <c>TEST_WHOLE=true</c> all of it.
/// </summary>
internal static class Sampling
{
    public static bool IsWhole { get; } = Environment.GetEnvironmentVariable("TEST_WHOLE") == "true";

    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    /// <summary>Chooses so many of all, or all.</summary>
    public static IReadOnlyList<T> Take<T>(IEnumerable<T> all, int count)
    {
        var items = all.ToArray();
        if (IsWhole || items.Length <= count)
        {
            return items;
        }

        new Random(Seed).Shuffle(items);
        return items[..count];
    }
}
