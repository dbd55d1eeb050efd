using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Configuration;

/// <summary>Converts the text of a setting to the type of its property.</summary>
internal static partial class SettingValueParser
{
    private static readonly string[] True = ["true", "1", "yes", "on"];
    private static readonly string[] False = ["false", "0", "no", "off"];

    /// <summary>Gets the type of a list's items; null when the type is not a list.</summary>
    public static Type? ItemType(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.IsAssignableFrom(typeof(List<>).MakeGenericType(type.GetGenericArguments()[0])) ? type.GetGenericArguments()[0]
        : null;

    public static object List(Type type, Type itemType, IReadOnlyList<object?> items)
    {
        var array = Array.CreateInstance(itemType, items.Count);
        for (var at = 0; at < items.Count; at++)
        {
            array.SetValue(items[at], at);
        }

        return type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(itemType), array)!;
    }

    /// <summary>Parses one value. The error completes the sentence "NAME '...' ...".</summary>
    public static bool TryParse(Type type, string text, out object? value, out string error)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        (value, error) = type switch
        {
            _ when type == typeof(string) => (text, ""),
            _ when type == typeof(bool) => ((object?)Bool(text), "is not true or false"),
            _ when type == typeof(TimeSpan) => (Time(text), "is not a time: write a whole number and its unit (ms, s, m, h or d), such as 15m"),
            _ when type == typeof(Uri) => (Absolute(text), "is not an absolute URL"),
            _ when type == typeof(int) =>
            (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (object?)null, "is not a whole number"),
            _ when type == typeof(long) =>
            (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : (object?)null, "is not a whole number"),
            _ when type == typeof(double) =>
            (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : (object?)null, "is not a number"),
            _ when type == typeof(decimal) =>
            (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : (object?)null, "is not a number"),
            _ when type.IsEnum =>
            (Enumeration(type, text), $"is not one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}"),
            _ => throw new NotSupportedException($"A setting cannot have the type {type}."),
        };
        return value is not null;
    }

    // The platform takes a path such as /back for an absolute file URL, and only on Unix.
    private static Uri? Absolute(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && text.StartsWith(uri.Scheme, StringComparison.OrdinalIgnoreCase) ? uri : null;

    private static bool? Bool(string text) =>
        True.Contains(text, StringComparer.OrdinalIgnoreCase) ? true
        : False.Contains(text, StringComparer.OrdinalIgnoreCase) ? false
        : null;

    // The name as in C# or in snake case, never its number.
    private static object? Enumeration(Type type, string text) =>
        Enum.GetNames(type)
            .FirstOrDefault(name => name.Equals(text.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse(type, name)
            : null;

    private static TimeSpan? Time(string text)
    {
        var match = TimeGrammar().Match(text);
        if (!match.Success || !long.TryParse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var unit = match.Groups["unit"].Value switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerDay,
        };
        return count <= TimeSpan.MaxValue.Ticks / unit ? TimeSpan.FromTicks(count * unit) : null;
    }

    [GeneratedRegex(@"^(?<count>[0-9]+)(?<unit>ms|s|m|h|d)\z")]
    private static partial Regex TimeGrammar();
}
