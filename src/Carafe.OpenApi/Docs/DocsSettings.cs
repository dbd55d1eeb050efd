namespace Carafe.OpenApi;

/// <summary>Holds the settings of the docs page.</summary>
public sealed class DocsSettings
{
    /// <summary>
    /// Gets <c>DOCS_ENABLED</c>: whether <c>/docs</c> is served. Default: true, except in Production. The document itself is always served.
    /// </summary>
    public bool? DocsEnabled { get; init; }
}
