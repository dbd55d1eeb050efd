namespace Carafe;

/// <summary>Marks an endpoint to which limits from further out do not apply.</summary>
internal sealed record UnlimitedMetadata;
