namespace Carafe;

/// <summary>On an endpoint: a query parameter or a request header that it reads without naming it in the handler's signature. It becomes part of the OpenAPI document.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Type">The CLR type of the value, such as <c>typeof(int)</c>.</param>
/// <param name="Description">What it does, with its default and its standard.</param>
public sealed record RequestParameterMetadata(string Name, Type Type, string Description)
{
    /// <summary>Whether it is a header; a query parameter unless told.</summary>
    public bool IsHeader { get; init; }

    /// <summary>Whether a request without it is refused. Default false.</summary>
    public bool Required { get; init; }

    /// <summary>The value that counts when none is sent; null when there is none.</summary>
    public object? Default { get; init; }

    /// <summary>The least number; null for no limit.</summary>
    public long? Minimum { get; init; }

    /// <summary>The greatest number; null for no limit.</summary>
    public long? Maximum { get; init; }
}
