using System.Globalization;
using System.Numerics;
using System.Text;

namespace Carafe.Json;

/// <summary>Numbers as they were written: compares them without rounding either.</summary>
internal static class ExactNumber
{
    /// <summary>The longest number: a longer one is never meant, and costs more than it is worth.</summary>
    public const int MaxLength = 400;

    /// <summary>Returns whether the number that was read is the number that was sent.</summary>
    public static bool IsKept<T>(ReadOnlySpan<byte> sent, int safeDigits, T value)
        where T : IFormattable =>
        // Digits that always fit, without an exponent: nothing to compare.
        (sent.Length <= safeDigits && !sent.ContainsAny((byte)'e', (byte)'E'))
        || (sent.Length <= MaxLength && Parts(sent) == Parts(Encoding.ASCII.GetBytes(value.ToString(null, CultureInfo.InvariantCulture))));

    /// <summary>
    /// Returns the digits of a whole number that was written with a point or an exponent; empty when it is none, or is longer than any type holds.
    /// </summary>
    public static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> sent)
    {
        var (digits, exponent) = Parts(sent);
        return exponent < 0 || exponent > MaxLength ? default
            : Encoding.ASCII.GetBytes(digits.ToString(CultureInfo.InvariantCulture) + new string('0', digits.IsZero ? 0 : (int)exponent));
    }

    // 12.50e1 is 125 without trailing zeros.
    private static (BigInteger Digits, BigInteger Exponent) Parts(ReadOnlySpan<byte> number)
    {
        var text = Encoding.ASCII.GetString(number);
        var e = text.IndexOfAny(['e', 'E']);
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? BigInteger.Zero : BigInteger.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var trimmed = digits.TrimEnd('0');
        return trimmed.Trim('-').Trim('0').Length == 0
            ? default
            : (BigInteger.Parse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent + digits.Length - trimmed.Length);
    }
}
