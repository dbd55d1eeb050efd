namespace Carafe.FastSqlite.Pooling;

/// <summary>What a statement does, as far as it matters where it runs.</summary>
internal enum StatementEffect
{
    /// <summary>Neither of the others: a pragma, a change of the schema, a transaction.</summary>
    Other,

    Read,

    Write,

    /// <summary>Starts with WITH: SQLite must be asked.</summary>
    Unclear,
}

/// <summary>Reads the first word of a statement, behind comments such as those of <c>TagWith</c>.</summary>
internal static class StatementClassifier
{
    private static readonly string[] _ofAll =
        ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "CREATE", "DROP", "ALTER", "VACUUM", "ANALYZE", "REINDEX", "EXPLAIN", "VALUES"];

    public static StatementEffect Kind(string text)
    {
        var rest = SkipComments(text);
        return Starts(rest, "SELECT") ? StatementEffect.Read
            : Starts(rest, "INSERT") || Starts(rest, "UPDATE") || Starts(rest, "DELETE") || Starts(rest, "REPLACE") ? StatementEffect.Write
            : Starts(rest, "WITH") ? StatementEffect.Unclear
            : StatementEffect.Other;
    }

    /// <summary>Whether it is sure to be one statement. Several commit one by one.</summary>
    public static bool IsSingle(string text)
    {
        var end = text.IndexOf(';', StringComparison.Ordinal);
        return end < 0 || text.AsSpan(end + 1).IsWhiteSpace();
    }

    /// <summary>
    /// Whether it may set up what other connections do not see: a pragma's value (but some are the file's), something temporary, an attached database. All
    /// that is not known to be harmless counts.
    /// </summary>
    public static bool IsForOneConnection(string text)
    {
        var rest = SkipComments(text);
        if (Starts(rest, "PRAGMA"))
        {
            return rest.IndexOfAny('=', '(') >= 0 && !IsOfTheFile(rest["PRAGMA".Length..].Trim());
        }

        foreach (var word in _ofAll)
        {
            if (Starts(rest, word))
            {
                return Holds(rest, "TEMP") || !IsSingle(text);
            }
        }

        return !rest.IsEmpty;
    }

    /// <summary>Whether it asks what its connection wrote last.</summary>
    public static bool AsksForLast(string text) => Holds(text, "last_insert_rowid") || Holds(text, "changes(");

    /// <summary>Whether it begins a transaction that takes the write lock at once.</summary>
    public static bool BeginsWrite(string text)
    {
        var rest = SkipComments(text);
        return Starts(rest, "BEGIN") && (Holds(rest, "IMMEDIATE") || Holds(rest, "EXCLUSIVE"));
    }

    /// <summary>Skips comments and space, such as those of <c>TagWith</c>.</summary>
    public static ReadOnlySpan<char> SkipComments(ReadOnlySpan<char> text)
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

    private static bool IsOfTheFile(ReadOnlySpan<char> pragma) =>
        Starts(pragma, "journal_mode") || Starts(pragma, "user_version") || Starts(pragma, "application_id");

    private static bool Holds(ReadOnlySpan<char> text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static bool Starts(ReadOnlySpan<char> text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
