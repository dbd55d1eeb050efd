namespace Carafe;

/// <summary>On endpoints that refuse query parameters they do not know.</summary>
internal sealed class StrictQueryMetadata;
