namespace Carafe.OpenApi;

/// <summary>The settings of the docs page.</summary>
public sealed class DocsSettings
{
    /// <summary><c>DOCS_ENABLED</c>: whether <c>/docs</c> is served. Unless told: yes, except in Production. The document itself always is.</summary>
    public bool? DocsEnabled { get; set; }
}
