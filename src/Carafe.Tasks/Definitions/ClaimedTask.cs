using System.Data.Common;

namespace Carafe.Tasks.Definitions;

/// <summary>Represents a task that this worker has taken and must run, give back, or record the end of.</summary>
internal sealed record ClaimedTask(Guid Id, Guid Worker, string Name, int Version, string Arguments, string Queue, int Attempt, int MaxAttempts)
{
    public const string Columns =
        "id, name, version, arguments, queue, attempt, max_attempts, backoff, max_backoff, soft_limit, hard_limit, trace, depth, then_id, enqueued_at, "
        + "started_at, next_at, rank";

    public long Backoff { get; init; }

    public long MaxBackoff { get; init; }

    public long SoftLimit { get; init; }

    public long HardLimit { get; init; }

    public string? Trace { get; init; }

    public int Depth { get; init; }

    public Guid? ThenId { get; init; }

    public long EnqueuedAt { get; init; }

    /// <summary>Gets how long it waited though it was due, in milliseconds.</summary>
    public long Waited { get; init; }

    public int Rank { get; init; }

    public static ClaimedTask Read(DbDataReader row, Guid worker) => new(
        row.GetGuid(0), worker, row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetInt32(6))
    {
        Backoff = row.GetInt64(7),
        MaxBackoff = row.GetInt64(8),
        SoftLimit = row.GetInt64(9),
        HardLimit = row.GetInt64(10),
        Trace = row.IsDBNull(11) ? null : row.GetString(11),
        Depth = row.GetInt32(12),
        ThenId = row.IsDBNull(13) ? null : row.GetGuid(13),
        EnqueuedAt = row.GetInt64(14),
        Waited = Math.Max(0, row.GetInt64(15) - row.GetInt64(16)),
        Rank = row.GetInt32(17),
    };
}
