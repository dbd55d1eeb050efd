namespace Carafe;

/// <summary>Names the part of a request that an error is about.</summary>
public enum ErrorSource
{
    /// <summary>The body, JSON or a form.</summary>
    Body,

    /// <summary>A query parameter.</summary>
    Query,

    /// <summary>A path parameter.</summary>
    Path,

    /// <summary>A header.</summary>
    Header,
}
