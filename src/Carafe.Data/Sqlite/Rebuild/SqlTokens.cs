namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>A token of SQL text. Comments and blanks are none.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">A word in upper case, a quoted name without its quotes, or the text as it stands.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Depth">How many parentheses are open before it.</param>
internal readonly record struct SqlToken(int Start, int End, string Text, SqlTokenKind Kind, int Depth)
{
    public bool Is(string word) => Kind == SqlTokenKind.Word && Text == word;

    public bool IsOneOf(params ReadOnlySpan<string> words) => Kind == SqlTokenKind.Word && words.Contains(Text);
}

internal enum SqlTokenKind
{
    Word,
    Name,
    Text,
    Sign,
}

/// <summary>Splits SQLite's SQL into tokens (https://sqlite.org/lang.html, "tokenizer").</summary>
internal static class SqlTokens
{
    public static List<SqlToken> Read(string sql)
    {
        var tokens = new List<SqlToken>();
        var depth = 0;
        for (var at = 0; at < sql.Length;)
        {
            var end = at + 1;
            switch (sql[at])
            {
                case var blank when char.IsWhiteSpace(blank):
                    break;
                case '-' when sql.AsSpan(at).StartsWith("--"):
                    end = sql.IndexOf('\n', at) is var line and >= 0 ? line + 1 : sql.Length;
                    break;
                case '/' when sql.AsSpan(at).StartsWith("/*"):
                    end = sql.IndexOf("*/", at + 2, StringComparison.Ordinal) is var close and >= 0 ? close + 2 : sql.Length;
                    break;
                case '\'':
                    end = Quoted(sql, at, '\'');
                    tokens.Add(new(at, end, sql[at..end], SqlTokenKind.Text, depth));
                    break;
                case '"' or '`' or '[':
                    var mark = sql[at] == '[' ? ']' : sql[at];
                    end = Quoted(sql, at, mark);
                    tokens.Add(new(at, end, sql[(at + 1)..(end - 1)].Replace($"{mark}{mark}", $"{mark}", StringComparison.Ordinal), SqlTokenKind.Name, depth));
                    break;
                case var letter when IsWord(letter):
                    while (end < sql.Length && IsWord(sql[end]))
                    {
                        end++;
                    }

                    tokens.Add(new(at, end, sql[at..end].ToUpperInvariant(), SqlTokenKind.Word, depth));
                    break;
                case var sign:
                    depth -= sign == ')' ? 1 : 0;
                    tokens.Add(new(at, end, sign.ToString(), SqlTokenKind.Sign, depth));
                    depth += sign == '(' ? 1 : 0;
                    break;
            }

            at = end;
        }

        return tokens;
    }

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '$' or '.' || letter > '\u007f';

    // A bracket can't be doubled; the other marks can.
    private static int Quoted(string sql, int at, char mark)
    {
        for (var end = at + 1; end < sql.Length; end++)
        {
            if (sql[end] == mark)
            {
                if (mark == ']' || end + 1 == sql.Length || sql[end + 1] != mark)
                {
                    return end + 1;
                }

                end++;
            }
        }

        return sql.Length;
    }
}
