namespace Carafe;

/// <summary>On endpoints whose successes carry an ETag.</summary>
internal sealed class ETagMetadata;
