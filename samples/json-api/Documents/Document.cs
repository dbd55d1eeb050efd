namespace JsonApi.Documents;

/// <summary>A document with one resource, or with the identifiers of a relationship.</summary>
/// <param name="Data">The primary data.</param>
public sealed record Document<T>(T Data);

/// <summary>A document with a page of resources.</summary>
/// <param name="Data">The resources of this page.</param>
/// <param name="Links">The pages around it.</param>
/// <param name="Meta">How many there are.</param>
public sealed record ListDocument<T>(IReadOnlyList<T> Data, PageLinks Links, ListMeta Meta);

/// <summary>What is said of a list.</summary>
/// <param name="Total">How many resources there are on all pages.</param>
public sealed record ListMeta(long Total);

/// <summary>A document without a resource.</summary>
/// <param name="Meta">What it says.</param>
public sealed record MetaDocument<T>(T Meta);

/// <summary>Makes documents.</summary>
public static class Document
{
    public static Document<T> Of<T>(T data) => new(data);

    public static ListDocument<T> Of<T>(Paged<T> page) => new(page.Items, page.Links!, new(page.Total ?? 0));
}
