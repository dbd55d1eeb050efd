namespace Carafe;

/// <summary>On endpoints that refuse query parameters they do not know.</summary>
public sealed class StrictQueryMetadata;
