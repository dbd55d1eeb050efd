namespace Carafe.FastSqlite.Connections;

/// <summary>
/// A time as the driver writes it: <c>2026-05-28 12:30:00</c>, with one to seven digits of a fraction where there is one. It is the time of every row, and
/// always of this form.
/// </summary>
internal static class StoredTime
{
    private const int WithoutFraction = 19;
    private const int MostDigits = 7;

    /// <summary>Reads a time of that form; false for any other, which the driver may know.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length is < WithoutFraction or > WithoutFraction + 1 + MostDigits
            || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':'
            || Number(text[..4]) is not (> 0 and var year)
            || Number(text[5..7]) is not (> 0 and <= 12 and var month) || Number(text[8..10]) is not (> 0 and var day)
            || day > DateTime.DaysInMonth(year, month)
            || Number(text[11..13]) is not (>= 0 and < 24 and var hour) || Number(text[14..16]) is not (>= 0 and < 60 and var minute)
            || Number(text[17..19]) is not (>= 0 and < 60 and var second))
        {
            return false;
        }

        var ticks = 0;
        if (text.Length > WithoutFraction)
        {
            ticks = text[WithoutFraction] == '.' && text.Length > WithoutFraction + 1 ? Number(text[(WithoutFraction + 1)..]) : -1;
            for (var digits = text.Length - WithoutFraction - 1; digits < MostDigits; digits++)
            {
                ticks *= 10;
            }
        }

        if (ticks < 0)
        {
            return false;
        }

        time = new DateTime(year, month, day, hour, minute, second).AddTicks(ticks);
        return true;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return -1;
            }

            number = (number * 10) + (digit - '0');
        }

        return number;
    }
}
