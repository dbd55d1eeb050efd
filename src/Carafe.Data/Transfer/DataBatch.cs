namespace Carafe.Data;

/// <summary>Selects the rows that a data migration changes now.</summary>
/// <param name="After">What the last batch returned: the key of its last row, say. Null for the first batch.</param>
/// <param name="Size">How many rows at most. Default 1000.</param>
public sealed record DataBatch(string? After, int Size);
