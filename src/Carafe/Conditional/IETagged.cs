namespace Carafe;

/// <summary>
/// Marks a response whose representation changes with a version, such as a row's: an endpoint with <see cref="ConditionalEndpointExtensions.WithETag"/>
/// sends it as a strong ETag. Keep it out of the JSON with <c>[JsonIgnore]</c>.
/// </summary>
public interface IETagged
{
    /// <summary>Gets the version of what is represented.</summary>
    int Version { get; }
}
