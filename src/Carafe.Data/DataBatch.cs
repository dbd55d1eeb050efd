namespace Carafe.Data;

/// <summary>Which rows a data migration is to change now.</summary>
/// <param name="After">What the last batch returned: the key of its last row, say. Null for the first batch.</param>
/// <param name="Size">How many rows at most. Default 1000.</param>
public sealed record DataBatch(string? After, int Size);
