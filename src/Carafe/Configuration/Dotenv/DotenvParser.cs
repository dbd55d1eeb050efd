using System.Text;

namespace Carafe.Configuration;

/// <summary>Represents one assignment. A null value is a name without one; text in single quotes is not expanded.</summary>
internal readonly record struct DotenvEntry(string Name, string? Value, bool Expand);

/// <summary>Parses the text of a .env file, in python-dotenv's grammar. It continues after an error, so one pass finds them all.</summary>
internal sealed class DotenvParser
{
    private readonly string _text;
    private int _at;
    private int _line = 1;

    private DotenvParser(string text) => _text = text;

    public List<DotenvEntry> Entries { get; } = [];

    public List<(int Line, string Message)> Errors { get; } = [];

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    private bool AtEndOfLine => _at >= _text.Length || _text[_at] is '\r' or '\n';

    private bool AtBlank => !AtEndOfLine && char.IsWhiteSpace(_text[_at]);

    public static DotenvParser Parse(string text)
    {
        var parser = new DotenvParser(text);
        while (parser.SkipToStatement())
        {
            parser.ReadStatement();
        }

        return parser;
    }

    private bool SkipToStatement()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            Advance(1);
        }

        return _at < _text.Length;
    }

    private void ReadStatement()
    {
        var line = _line;
        if (Error(out var entry) is { } error)
        {
            Errors.Add((line, error));
            SkipRestOfLine();
        }
        else if (entry is { } found)
        {
            Entries.Add(found);
        }
    }

    private string? Error(out DotenvEntry? entry)
    {
        entry = null;
        SkipExport();
        if (Next == '#')
        {
            SkipRestOfLine();
            return null;
        }

        if (ReadName() is not { Length: > 0 } name)
        {
            return "there is no name before the '='";
        }

        SkipBlanks();
        var (value, expand) = ((string?)null, true);
        if (Next == '=')
        {
            Advance(1);
            var spaced = SkipBlanks();
            expand = Next != '\'';
            value = Next is '\'' or '"' ? ReadQuoted(Next) : ReadPlain(spaced);
            if (value is null)
            {
                return $"the value of {name} has no closing quote";
            }

            SkipBlanks();
        }

        if (Next == '#')
        {
            SkipRestOfLine();
        }

        if (!AtEndOfLine)
        {
            return value is null ? "expected NAME=VALUE, or a comment that begins with '#'" : $"there is text after the closing quote of {name}";
        }

        entry = new DotenvEntry(name, value, expand);
        return null;
    }

    private void SkipExport()
    {
        if (string.CompareOrdinal(_text, _at, "export", 0, 6) == 0 && _at + 6 < _text.Length && _text[_at + 6] is not ('\r' or '\n')
            && char.IsWhiteSpace(_text[_at + 6]))
        {
            Advance(6);
            SkipBlanks();
        }
    }

    private string? ReadName()
    {
        var quoted = Next == '\'';
        var start = quoted ? ++_at : _at;
        while (!AtEndOfLine && (quoted ? Next != '\'' : Next is not ('=' or '#') && !AtBlank))
        {
            Advance(1);
        }

        var name = _text[start.._at];
        if (quoted && Next != '\'')
        {
            return null;
        }

        Advance(quoted ? 1 : 0);
        return name;
    }

    private string ReadPlain(bool spaced)
    {
        var start = _at;
        while (!AtEndOfLine && !(Next == '#' && (_at == start ? spaced : char.IsWhiteSpace(_text[_at - 1]))))
        {
            Advance(1);
        }

        return _text[start.._at].TrimEnd();
    }

    private string? ReadQuoted(char quote)
    {
        var start = _at + 1;
        var (end, escaped) = (-1, -1);
        for (var at = start; at < _text.Length && end < 0; at++)
        {
            if (_text[at] == quote)
            {
                end = at;
            }
            else if (_text[at] == '\\' && at + 1 < _text.Length && _text[at + 1] is var follower && (follower == quote || follower == '\\'))
            {
                escaped = follower == quote ? at + 1 : escaped;
                at++;
            }
        }

        // 'C:\folder\' at the end of a file: the apparent escaped quote was the closing one.
        end = end < 0 ? escaped : end;
        if (end < 0)
        {
            return null;
        }

        Advance(end + 1 - _at);
        return Unescape(_text[start..end], quote);
    }

    private static string Unescape(string text, char quote)
    {
        var escapes = quote == '"' ? "\\'\"abfnrtv" : "\\'";
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var known = text[at] == '\\' && at + 1 < text.Length ? escapes.IndexOf(text[at + 1], StringComparison.Ordinal) : -1;
            result.Append(known < 0 ? text[at] : "\\'\"\a\b\f\n\r\t\v"[known]);
            at += known < 0 ? 0 : 1;
        }

        return result.ToString();
    }

    private bool SkipBlanks()
    {
        var start = _at;
        while (AtBlank)
        {
            Advance(1);
        }

        return _at > start;
    }

    private void SkipRestOfLine()
    {
        while (!AtEndOfLine)
        {
            Advance(1);
        }
    }

    private void Advance(int count)
    {
        for (; count > 0; count--, _at++)
        {
            // A CR before an LF is half of one line end.
            _line += _text[_at] == '\n' || (_text[_at] == '\r' && (_at + 1 == _text.Length || _text[_at + 1] != '\n')) ? 1 : 0;
        }
    }
}
