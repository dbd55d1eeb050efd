namespace Carafe;

/// <summary>Marks deprecated endpoints.</summary>
/// <param name="On">Since when.</param>
/// <param name="Sunset">When it stops working.</param>
/// <param name="Link">Where to read what to use instead.</param>
internal sealed record DeprecationMetadata(DateTimeOffset On, DateTimeOffset? Sunset, Uri? Link);
