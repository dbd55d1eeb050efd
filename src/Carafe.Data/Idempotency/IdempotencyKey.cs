namespace Carafe.Data;

/// <summary>Represents a row of <c>idempotency_keys</c>. Its primary key decides which of two requests at once is the first, for all replicas.</summary>
internal sealed class IdempotencyKey
{
    public required string Key { get; set; }

    public required string Fingerprint { get; set; }

    public int? Status { get; set; }

    public string? Headers { get; set; }

    public byte[]? Body { get; set; }

    /// <summary>Gets or sets when the row expires: the end of the lease, then that of the response.</summary>
    public DateTimeOffset EndsAt { get; set; }
}
