using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Carafe.Configuration;

/// <summary>Writes a setting's value as it would be set.</summary>
internal static partial class SettingFormat
{
    private static readonly (TimeSpan Unit, string Letter)[] Units =
        [(TimeSpan.FromDays(1), "d"), (TimeSpan.FromHours(1), "h"), (TimeSpan.FromMinutes(1), "m"), (TimeSpan.FromSeconds(1), "s"),
            (TimeSpan.FromMilliseconds(1), "ms")];

    public static string Text(object? value) => value switch
    {
        null => "",
        string text => Option().Replace(Credentials().Replace(text, "//***@"), "$1***"),
        bool flag => flag ? "true" : "false",
        TimeSpan time => Text(time),
        IEnumerable items => string.Join(',', items.Cast<object?>().Select(Text)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Text(TimeSpan time)
    {
        var (unit, letter) = Array.Find(Units, unit => time == TimeSpan.Zero ? unit.Letter == "s" : time.Ticks % unit.Unit.Ticks == 0);
        return letter is null ? time.ToString("c", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / unit.Ticks}{letter}");
    }

    // URLs contain passwords.
    [GeneratedRegex("//[^/]*@")]
    private static partial Regex Credentials();

    [GeneratedRegex("([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]*", RegexOptions.IgnoreCase)]
    private static partial Regex Option();
}
