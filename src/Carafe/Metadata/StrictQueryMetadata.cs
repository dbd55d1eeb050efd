namespace Carafe;

/// <summary>Marks endpoints that refuse unknown query parameters.</summary>
internal sealed class StrictQueryMetadata;
