namespace Carafe.Data;

/// <summary>A row of <c>idempotency_keys</c>. Its primary key decides which of two requests at once is the first, for all replicas.</summary>
internal sealed class IdempotencyKey
{
    public required string Key { get; set; }

    public required string Fingerprint { get; set; }

    public int? Status { get; set; }

    public string? Headers { get; set; }

    public byte[]? Body { get; set; }

    /// <summary>When the row counts for nothing: the lease's end, then the answer's.</summary>
    public DateTimeOffset EndsAt { get; set; }
}
