using System.Globalization;
using System.Text.RegularExpressions;

namespace Carafe;

/// <summary>Reads and writes limits as people write them.</summary>
internal static partial class LimitNotation
{
    private static readonly (string Name, long Seconds)[] Units =
        [("year", 365 * 86_400), ("month", 30 * 86_400), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)];

    public static IReadOnlyList<Limit> Parse(string name, string notation)
    {
        var limits = notation.Split(';', ',').Select(text => text.Trim()).ToList();
        var parsed = limits.Select(text => ParseOne(name, text, notation)).DistinctBy(limit => limit.Scope).ToList();
        return parsed;
    }

    public static string Write(Limit limit)
    {
        var seconds = (long)limit.Window.TotalSeconds;
        var (unit, length) = Units.First(unit => seconds % unit.Seconds == 0);
        var many = seconds / length;
        var strategy = limit.Strategy switch
        {
            LimitStrategy.MovingWindow => " moving",
            LimitStrategy.FixedWindow => " fixed",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{limit.Count}/{(many == 1 ? "" : $"{many} ")}{unit}{(many == 1 ? "" : "s")}{strategy}");
    }

    private static Limit ParseOne(string name, string text, string whole)
    {
        var match = Grammar().Match(text);
        if (!match.Success)
        {
            throw new FormatException($"'{whole}' is no limit: write a count and a unit, such as 5/minute or 5/minute;100/hour.");
        }

        var unit = Array.Find(Units, unit => match.Groups["unit"].Value.TrimEnd('s', 'S').Equals(unit.Name, StringComparison.OrdinalIgnoreCase));
        if (unit.Name is null)
        {
            throw new FormatException($"'{whole}': '{match.Groups["unit"].Value}' is no unit. Units are second, minute, hour, day, month and year.");
        }

        var strategy = match.Groups["strategy"].Value.ToUpperInvariant() switch
        {
            "" => LimitStrategy.Smooth,
            "MOVING" => LimitStrategy.MovingWindow,
            "FIXED" => LimitStrategy.FixedWindow,
            var other => throw new FormatException($"'{whole}': '{other.ToLowerInvariant()}' is no strategy. Write moving, fixed, or nothing."),
        };
        var many = match.Groups["many"].Success ? match.Groups["many"].Value : "1";
        // More digits than these are outside every range.
        if (!int.TryParse(match.Groups["count"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            || !int.TryParse(many, NumberStyles.None, CultureInfo.InvariantCulture, out var units))
        {
            throw new FormatException($"'{whole}': a number in it is too large.");
        }

        try
        {
            return new Limit(name, count, TimeSpan.FromSeconds(Math.Min((double)units * unit.Seconds, int.MaxValue)), strategy);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"'{whole}': {error.Message}", error);
        }
    }

    [GeneratedRegex(@"^(?<count>[+-]?[0-9]+)\s*(/|\s+per\s)\s*((?<many>[0-9]+)\s*)?(?<unit>[a-z]+)(\s+(?<strategy>[a-z]+))?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
