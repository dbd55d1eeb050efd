namespace Carafe;

/// <summary>On an endpoint: a header that its answers carry. It becomes part of the OpenAPI document; it sends nothing by itself.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Description">What it says, with its standard.</param>
/// <param name="Statuses">The statuses that carry it; empty means every 2xx.</param>
public sealed record ResponseHeaderMetadata(string Name, string Description, params int[] Statuses)
{
    /// <summary>A value as it would be sent.</summary>
    public string? Example { get; init; }
}

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

/// <summary>On an endpoint that reads a bearer token though anyone may call it. It becomes part of the OpenAPI document.</summary>
/// <param name="Optional">Whether a request without a token is answered as well. Default false.</param>
public sealed record BearerMetadata(bool Optional = false)
{
    /// <summary>Whether it is the refresh token. Default false.</summary>
    public bool Refresh { get; init; }
}

/// <summary>A service of an app that takes tokens from cookies as well as from the Authorization header. It becomes part of the OpenAPI document.</summary>
/// <param name="Access">The cookie with the access token.</param>
/// <param name="Refresh">The cookie with the refresh token.</param>
/// <param name="CsrfHeader">The header that an unsafe request needs as well when a cookie says who calls; 403 without it.</param>
public sealed record CookieTokens(string Access, string Refresh, string CsrfHeader);

/// <summary>A type whose converter writes other JSON members than its properties. It says here which, so that the OpenAPI document is true.</summary>
public interface IJsonShape
{
    /// <summary>The members, in the order in which they are written.</summary>
    static abstract IReadOnlyList<JsonMember> JsonMembers { get; }
}

/// <summary>One member of a JSON object.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Type">Its CLR type.</param>
/// <param name="Description">What it holds.</param>
/// <param name="Required">Whether it is always there. Default true.</param>
/// <param name="Nullable">Whether it can be null. Default false.</param>
public sealed record JsonMember(string Name, Type Type, string Description, bool Required = true, bool Nullable = false);
