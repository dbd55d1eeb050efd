using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Carafe.MySql.Infrastructure;

/// <summary>Describes the version of a server, and what it can do.</summary>
/// <param name="Number">The version.</param>
/// <param name="IsMariaDb">Whether it is MariaDB; MySQL otherwise.</param>
internal sealed partial record MySqlServerVersion(Version Number, bool IsMariaDb)
{
    private static readonly Version OldestMariaDb = new(10, 6);
    private static readonly Version OldestMySql = new(8, 0, 31);

    /// <summary>Gets whether the provider's SQL runs on it.</summary>
    public bool IsSupported => Number >= (IsMariaDb ? OldestMariaDb : OldestMySql);

    /// <summary>Gets what to say of a server that is too old.</summary>
    public string TooOld =>
        $"The server is {(IsMariaDb ? "MariaDB" : "MySQL")} {Number}, which is too old: MariaDB {OldestMariaDb} or later, or MySQL {OldestMySql} or later, "
        + "is needed.";

    /// <summary>Gets whether <c>INSERT</c> returns what the database generated.</summary>
    public bool HasReturning => IsMariaDb;

    /// <summary>Gets whether a table of FROM can refer to the one before it.</summary>
    public bool HasLateral => !IsMariaDb;

    /// <summary>Gets whether documents that mean the same can be given the same text, which MySQL does not need.</summary>
    public bool HasJsonNormalize => IsMariaDb && Number >= new Version(10, 7);

    /// <summary>Gets the collation that compares text by code point, trailing blanks included.</summary>
    public string TextCollation => IsMariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";

    /// <summary>Reads what a server says of itself: <c>8.0.36</c>, <c>10.11.6-MariaDB-0+deb12u1</c>, <c>5.5.5-10.11.6-MariaDB</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MySqlServerVersion? version)
    {
        var isMariaDb = text.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        // MariaDB put 5.5.5 before its version for clients that knew no 10.
        var match = Numbers().Match(isMariaDb && text.StartsWith("5.5.5-", StringComparison.Ordinal) ? text[6..] : text);
        version = match.Success && Version.TryParse(match.Value, out var number) ? new(number, isMariaDb) : null;
        return version is not null;
    }

    [GeneratedRegex(@"^[0-9]{1,5}\.[0-9]{1,5}(\.[0-9]{1,5})?")]
    private static partial Regex Numbers();
}
