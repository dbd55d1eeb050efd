using System.Globalization;
using System.Text;

namespace MyApi.Files;

/// <summary>Decides which names a file may have, and which are too alike to be two files (Unicode TR 36).</summary>
internal static class FileNames
{
    private const char ZeroWidthNonJoiner = '\u200C';
    private const char ZeroWidthJoiner = '\u200D';

    /// <summary>
    /// Returns whether a segment shows what it is: no control, direction or invisible character, no blank at an end, no word of two look-alike scripts.
    /// </summary>
    public static bool IsPlain(string segment) =>
        segment is not ("" or "." or "..") && segment[0] != ' ' && segment[^1] != ' ' && segment.EnumerateRunes().All(IsVisible) && !IsEscaped(segment)
            && !MixesScripts(segment);

    /// <summary>Returns what is the same for names that are one: case, width, joiners and runs of blanks do not count.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            // U+FF01 to U+FF5E are ASCII in the width of a Chinese character.
            var narrow = letter is >= '\uFF01' and <= '\uFF5E' ? (char)(letter - 0xFEE0) : letter;
            var skipped = narrow is ZeroWidthNonJoiner or ZeroWidthJoiner or (>= '\uFE00' and <= '\uFE0F')
                || (narrow == ' ' && folded.Length > 0 && folded[^1] == ' ');
            if (!skipped)
            {
                folded.Append(narrow);
            }
        }

        // Up and down again: the two small sigmas have one capital.
        return folded.ToString().ToUpperInvariant().ToLowerInvariant();
    }

    private static bool IsVisible(Rune rune) => rune.Value switch
    {
        // Persian and emoji need these two.
        ZeroWidthNonJoiner or ZeroWidthJoiner => true,
        '\\' or 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0 or 0x034F => false,
        // With an accent apart a name has two spellings; the letter with its accent is one character (NFC).
        >= 0x0300 and <= 0x036F => false,
        ' ' => true,
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
            && rune != Rune.ReplacementChar,
    };

    // The server leaves an escape as it is where decoding it would give no text, or a slash: %ff and %FF would be two names of one thing.
    private static bool IsEscaped(string segment)
    {
        for (var at = segment.IndexOf('%', StringComparison.Ordinal); at >= 0 && at + 2 < segment.Length; at = segment.IndexOf('%', at + 1))
        {
            if (char.IsAsciiHexDigit(segment[at + 1]) && char.IsAsciiHexDigit(segment[at + 2]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MixesScripts(string segment)
    {
        var (latin, other) = (false, false);
        foreach (var letter in segment)
        {
            if (!char.IsLetter(letter))
            {
                (latin, other) = (false, false);
                continue;
            }

            latin |= letter is <= '\u024F' or (>= '\u1E00' and <= '\u1EFF');
            // Greek, Cyrillic, Armenian, Cherokee.
            other |= letter is (>= '\u0370' and <= '\u058F') or (>= '\u1F00' and <= '\u1FFF') or (>= '\u13A0' and <= '\u13FF') or (>= '\uAB70' and <= '\uABBF');
            if (latin && other)
            {
                return true;
            }
        }

        return false;
    }
}
