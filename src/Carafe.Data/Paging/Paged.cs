using System.Text.Json.Serialization;
using Carafe.Data.Paging;

namespace Carafe.Data;

/// <summary>
/// A page of a list. Its JSON is <c>{"users": [...], "total": 150, "page": 1, "pages": 8}</c>, and with a cursor <c>{"users": [...], "next": "..."}</c>;
/// the name of the list is that of <see cref="CollectionAttribute"/> on <typeparamref name="T"/>.
/// </summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The rows of this page.</param>
[JsonConverter(typeof(PagedJson))]
public sealed record Paged<T>(IReadOnlyList<T> Items)
{
    /// <summary>How many rows there are on all pages; null where it was not asked for.</summary>
    public long? Total { get; init; }

    /// <summary>The page, from 1; null with a cursor.</summary>
    public int? Page { get; init; }

    /// <summary>How many pages there are, 0 for an empty list; null with a cursor.</summary>
    public long? Pages { get; init; }

    /// <summary>The cursor of the next page; null on the last one and without cursors.</summary>
    public string? Next { get; init; }
}
