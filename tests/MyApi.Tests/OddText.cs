using System.Text;

namespace MyApi.Tests;

/// <summary>Text that breaks programs, by what it breaks.</summary>
internal static class OddText
{
    public static IReadOnlyList<string> All { get; } =
    [.. ((IEnumerable<string>)[
        .. Blank, .. Words, .. Numbers, .. Signs, .. Scripts, .. Emoji, .. Directions, .. Invisible, .. Controls, .. Marks, .. CaseChanges, .. Queries,
        .. Markup, .. Templates, .. Shells, .. Paths, .. Lines, .. Json,
    ]).Distinct()];

    /// <summary>What no JSON text may hold, or no database keep, as it stands between the quotes.</summary>
    public static IEnumerable<string> Impossible => ["\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800", "\\ud83d", "a\\udfffb"];

    private static IEnumerable<string> Blank => [" ", "  ", "\u00a0", "\u2003", "\u3000", " a ", "\ta\t"];

    private static IEnumerable<string> Words =>
        ["null", "NULL", "nil", "none", "undefined", "true", "false", "NaN", "Infinity", "constructor", "__proto__", "toString", "admin", "root", "CON", "NUL",
            "COM1", "index", "new"];

    private static IEnumerable<string> Numbers =>
        ["0", "-0", "00", "1.0", "1,5", "1e1000", "-1", "0x10", "0b1", "1_000", "1/0", "2147483648", "9223372036854775808", "99999999999999999999999999",
            "0.1e-400", "\u0661\u0662\u0663", "\uff11\uff12", "\u00bd", "\u2167"];

    private static IEnumerable<string> Signs =>
        ["!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "\\", "\\\\", "'", "\"", "`", "''", "\"\"", "%", "%%", "_", "%_", "&amp;", "#", "?a=b&c", "+",
            "\u00a3\u20ac\u00a5", "\u2026\u201c\u201d\u2013"];

    private static IEnumerable<string> Scripts =>
        ["\u0417\u0434\u0440\u0430\u0432\u0435\u0439", "\u4f60\u597d", "\u3053\u3093\u306b\u3061\u306f", "\uc548\ub155",
            "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0928\u092e\u0938\u094d\u0924\u0947", Char(0x20000), Char(0x10400), Char(0x10FFFF)];

    // One, with a skin tone, a family joined by U+200D, a flag, a keycap, a tag sequence.
    private static IEnumerable<string> Emoji =>
        [Char(0x1F600), Char(0x1F44D) + Char(0x1F3FD), string.Join('\u200d', new[] { 0x1F468, 0x1F469, 0x1F467 }.Select(Char)), Char(0x1F1F3)
            + Char(0x1F1F1), "1\ufe0f\u20e3", Char(0x1F3F4) + string.Concat("gbsct".Select(letter => Char(0xE0000 + letter))) + Char(0xE007F)];

    private static IEnumerable<string> Directions =>
        ["\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "abc\u202edef", "\u2067abc\u2069", "\u200fabc", "a\u061cb",
            "\u202a\u202b\u202c\u202d\u202e"];

    private static IEnumerable<string> Invisible =>
        ["\ufeff", "a\ufeffb", "\u200b", "\u200c\u200d", "\u2060", "\u00ad", "\u034f", "\u180e", "\ufffe", "\uffff", "\ufdd0", Char(0x1FFFE), "\ue000",
            "\ufffd"];

    private static IEnumerable<string> Controls => Enumerable.Range(1, 31).Concat(Enumerable.Range(127, 33)).Select(code => $"a{(char)code}b");

    // One letter under a heap of marks; a letter and its mark, together and apart.
    private static IEnumerable<string> Marks =>
        ["Z" + string.Concat(Enumerable.Range(0x300, 60).Select(Char)), "\u00e9", "e\u0301", "\u212b", "\u00c5", "\u0301", "\u1100\u1161\u11a8", "\ufb01"];

    private static IEnumerable<string> CaseChanges =>
        ["\u00df", "\u1e9e", "\u0130", "\u0131", "\u01c6", "\u0149", "\u03a3\u03c3\u03c2", "\ufb03", "\u212a", "\u0250"];

    private static IEnumerable<string> Queries =>
        ["' OR 1=1 --", "\"; DROP TABLE posts; --", "1; SELECT 1", "') UNION SELECT NULL--", "/* a */", "$1", "@p0", ":name", "{fn now()}", "E'\\\\'", "$$a$$",
            "[$ne]"];

    private static IEnumerable<string> Markup =>
        ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", "</title>", "<!--", "<![CDATA[a]]>",
            "<!ENTITY a SYSTEM \"file:///etc/passwd\">", "javascript:alert(1)", "&lt;b&gt;", "\u02baonclick=1"];

    private static IEnumerable<string> Templates =>
        ["{0}", "{", "}", "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7 %>", "%s%s%n", "%d", "{Path}", "{@Title}", "${jndi:ldap://127.0.0.1/a}", "$(TITLE)", "%PATH%"];

    private static IEnumerable<string> Shells =>
        ["$(id)", "`id`", "; id", "| id", "&& id", "$HOME", "-rf", "--version", "~", "() { :; }; id", "=1+1", "=cmd|' /C calc'!A0"];

    private static IEnumerable<string> Paths =>
        ["..", "../../etc/passwd", "..\\..\\a", "/", "//", "/etc/passwd", "C:\\a", "file:///etc/passwd", "%2e%2e%2f", "%00", "%ff", "a%20b", "http://a/b?c#d",
            "\\\\host\\share", "a/./b"];

    private static IEnumerable<string> Lines =>
        ["a\r\nSet-Cookie: b=c", "a\nb", "a\rb", "\u0085", "\u2028", "\u2029", "a\r\n\r\n<html>", "\u001b[31mred", "\a", "\v\f"];

    private static IEnumerable<string> Json =>
        ["{}", "[]", "{\"a\":1}", "\\u0041", "\\n", "\"", ",", "a\",\"role\":\"admin", "]}", new string('x', 200), new string('\u00e9', 200),
            string.Concat(Enumerable.Repeat(Char(0x1F600), 200))];

    private static string Char(int code) => new Rune(code).ToString();
}
