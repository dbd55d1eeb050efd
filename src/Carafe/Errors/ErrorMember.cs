using Carafe.Errors;

namespace Carafe;

/// <summary>Describes what is wrong with one member of a body, or with one parameter.</summary>
/// <param name="Name">
/// The JSON name and path, such as <c>items[0].title</c> or <c>prices["a.b"]</c>, or the name of the parameter. Empty for the whole body.
/// </param>
/// <param name="Message">What is wrong. It continues from the name, as in <c>is required</c>, unless it is a sentence of the app's own.</param>
/// <param name="Source">The part of the request that it is in.</param>
public sealed record ErrorMember(string Name, string Message, ErrorSource Source = ErrorSource.Body)
{
    /// <summary>Gets the JSON Pointer of the member (RFC 6901), such as <c>/items/0/title</c>; null when it is not in the body.</summary>
    public string? JsonPointer => Source != ErrorSource.Body ? null
        : string.Concat(ErrorPath.Steps(Name)
            .Select(step => "/" + step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
}
