namespace Carafe;

/// <summary>
/// Declares a query parameter or a request header that an endpoint reads without naming it in the handler's signature. It becomes part of the OpenAPI
/// document.
/// </summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Type">The CLR type of the value, such as <c>typeof(int)</c>.</param>
/// <param name="Description">What it does, with its default and its standard.</param>
public sealed record RequestParameterMetadata(string Name, Type Type, string Description)
{
    /// <summary>Gets whether it is a header. Default: false, a query parameter.</summary>
    public bool IsHeader { get; init; }

    /// <summary>Gets whether a request without it is refused. Default: false.</summary>
    public bool Required { get; init; }

    /// <summary>Gets the value that applies when none is sent; null when there is none.</summary>
    public object? Default { get; init; }

    /// <summary>Gets the least number. Default: null, no limit.</summary>
    public long? Minimum { get; init; }

    /// <summary>Gets the greatest number. Default: null, no limit.</summary>
    public long? Maximum { get; init; }

    /// <summary>Gets the values of a list separated by commas, such as columns to sort by. Default: null, no list.</summary>
    public IReadOnlyList<string>? Choices { get; init; }
}
