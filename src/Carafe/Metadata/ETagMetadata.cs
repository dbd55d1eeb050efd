namespace Carafe;

/// <summary>On endpoints whose successes carry an ETag.</summary>
public sealed class ETagMetadata;
