namespace Carafe.Data.Sqlite;

/// <summary>What a statement does, as far as it matters where it runs.</summary>
internal enum StatementKind
{
    /// <summary>Neither of the others: a pragma, a change of the schema. It runs as it would without us.</summary>
    Other,

    Read,

    Write,

    /// <summary>Starts with WITH: one must ask SQLite.</summary>
    Unclear,
}

/// <summary>Reads the first word of a statement, behind comments such as those of <c>TagWith</c>.</summary>
internal static class StatementText
{
    private static readonly string[] _ofAll =
        ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "CREATE", "DROP", "ALTER", "VACUUM", "ANALYZE", "REINDEX", "EXPLAIN", "VALUES"];

    public static StatementKind Kind(string text)
    {
        var rest = SkipComments(text);
        return Starts(rest, "SELECT") ? StatementKind.Read
            : Starts(rest, "INSERT") || Starts(rest, "UPDATE") || Starts(rest, "DELETE") || Starts(rest, "REPLACE") ? StatementKind.Write
            : Starts(rest, "WITH") ? StatementKind.Unclear
            : StatementKind.Other;
    }

    /// <summary>Whether it is sure to be one statement. Several commit one by one.</summary>
    public static bool IsSingle(string text)
    {
        var end = text.IndexOf(';', StringComparison.Ordinal);
        return end < 0 || text.AsSpan(end + 1).IsWhiteSpace();
    }

    /// <summary>
    /// Whether it may set up what other connections do not see: a pragma's value (but some are the file's), something temporary, an attached database. All that is not known to be harmless counts.
    /// </summary>
    public static bool IsForOneConnection(string text)
    {
        var rest = SkipComments(text);
        if (Starts(rest, "PRAGMA"))
        {
            return rest.IndexOfAny('=', '(') >= 0 && !OfTheFile(rest["PRAGMA".Length..].Trim());
        }

        foreach (var word in _ofAll)
        {
            if (Starts(rest, word))
            {
                return Holds(rest, "TEMP") || !IsSingle(text);
            }
        }

        return true;
    }

    private static bool OfTheFile(ReadOnlySpan<char> pragma) => Starts(pragma, "journal_mode") || Starts(pragma, "user_version") || Starts(pragma, "application_id");

    /// <summary>Whether a read is nothing but that, and does not ask for what its own connection did last.</summary>
    public static bool RunsAnywhere(string text) => IsSingle(text) && !Holds(text, "last_insert_rowid") && !Holds(text, "changes(");

    private static ReadOnlySpan<char> SkipComments(ReadOnlySpan<char> text)
    {
        while (true)
        {
            text = text.TrimStart();
            var end = text.StartsWith("--") ? "\n" : text.StartsWith("/*") ? "*/" : null;
            if (end is null || text.IndexOf(end) is not (>= 0 and var found))
            {
                return text;
            }

            text = text[(found + end.Length)..];
        }
    }

    private static bool Holds(ReadOnlySpan<char> text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static bool Starts(ReadOnlySpan<char> text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
