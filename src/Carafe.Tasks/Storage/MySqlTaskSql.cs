using System.Text.RegularExpressions;

namespace Carafe.Tasks.Storage;

/// <summary>Translates the statements of this package for MariaDB and MySQL. Each is a constant, and has one of these forms.</summary>
internal static partial class MySqlTaskSql
{
    /// <summary>The clock of the server in milliseconds; the session's zone does not matter.</summary>
    public const string ServerClock = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)";

    public static string Translate(string sql)
    {
        // A subquery has no LIMIT and no table that is being changed; a derived table may have both.
        sql = Picked().Replace(sql, "IN (SELECT * FROM ($1) AS picked)");
        sql = sql switch
        {
            _ when sql.Contains("INTO task_limits", StringComparison.Ordinal) =>
                "INSERT INTO task_limits (lane, arrives_at) VALUES (@lane, 0) ON DUPLICATE KEY UPDATE lane = VALUES(lane); "
                + "SELECT arrives_at, NOW() FROM task_limits WHERE lane = @lane FOR UPDATE",
            _ when sql.Contains("INTO task_schedules", StringComparison.Ordinal) =>
                "INSERT INTO task_schedules (name, definition, next_at) VALUES (@name, @definition, @next) ON DUPLICATE KEY UPDATE "
                + "next_at = CASE WHEN definition <> VALUES(definition) THEN VALUES(next_at) ELSE next_at END, definition = VALUES(definition)",
            _ => sql,
        };
        // The rows of one worker that have succeeded are those that it has just reported.
        sql = Succeeded().Replace(sql, "; SELECT id FROM tasks WHERE worker = @worker AND state = 4 AND id IN ($1)");
        return Returned().Replace(sql, match => match.Groups[1].Value == "NOW()" ? "; SELECT NOW() FROM DUAL WHERE ROW_COUNT() = 1"
            : $"; SELECT {match.Groups[1].Value} FROM tasks WHERE id = @id AND ROW_COUNT() = 1");
    }

    [GeneratedRegex(@"IN \((SELECT .* LIMIT (?:@\w+|\d+))\)", RegexOptions.Singleline)]
    private static partial Regex Picked();

    [GeneratedRegex(@"(?<=UPDATE .* id IN \((@[^)]*)\)) RETURNING id$", RegexOptions.Singleline)]
    private static partial Regex Succeeded();

    [GeneratedRegex(@"(?<=UPDATE .*) RETURNING (NOW\(\)|then_id)$", RegexOptions.Singleline)]
    private static partial Regex Returned();
}
