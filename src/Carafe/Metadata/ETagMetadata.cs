namespace Carafe;

/// <summary>Marks endpoints whose successes have an ETag.</summary>
internal sealed class ETagMetadata;
