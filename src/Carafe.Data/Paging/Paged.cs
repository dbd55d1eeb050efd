using System.Text.Json.Serialization;
using Carafe.Data.Paging;

namespace Carafe.Data;

/// <summary>Represents a page of a list.</summary>
/// <remarks>
/// Its JSON is <c>{"users": [...], "total": 150, "page": 1, "pages": 8}</c>, and with a cursor <c>{"users": [...], "next": "..."}</c>;
/// the name of the list is that of <see cref="ListNameAttribute"/> on <typeparamref name="T"/>. An app whose lists look otherwise returns a type of its
/// own, made of these members.
/// </remarks>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The rows of this page.</param>
[JsonConverter(typeof(PagedJson))]
public sealed record Paged<T>(IReadOnlyList<T> Items) : IJsonShape
{
    static IReadOnlyList<JsonMember> IJsonShape.JsonMembers { get; } =
    [
        new(ListNameAttribute.NameOf(typeof(T)), typeof(IReadOnlyList<T>), "The rows of this page."),
        Optional(nameof(Total), typeof(long), "How many rows there are on all pages; with a cursor, only where it was asked for."),
        Optional(nameof(Page), typeof(int), "The page, from 1; absent with a cursor."),
        Optional(nameof(Pages), typeof(long), "How many pages there are, 0 for an empty list; absent with a cursor."),
        Optional(nameof(Next), typeof(string), "The cursor of the next page, null on the last one; absent without cursors.", nullable: true),
    ];

    /// <summary>Gets how many rows there are on all pages; null where it was not requested.</summary>
    public long? Total { get; init; }

    /// <summary>Gets the page, from 1; null with a cursor.</summary>
    public int? Page { get; init; }

    /// <summary>Gets how many pages there are, 0 for an empty list; null with a cursor.</summary>
    public long? Pages { get; init; }

    /// <summary>Gets how many rows come before these; null with a number or a cursor. It is not part of the JSON.</summary>
    public int? Offset { get; init; }

    /// <summary>Gets the links to the pages around; null where the page was not asked for by a request. They are not part of the JSON.</summary>
    public PageLinks? Links { get; init; }

    /// <summary>Gets the cursor of the next page; null on the last one and without cursors.</summary>
    public string? Next { get; init; }

    private static JsonMember Optional(string name, Type type, string description, bool nullable = false) =>
        new(name, type, description, Required: false, nullable, IsNamedByPolicy: true);
}
