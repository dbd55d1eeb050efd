namespace Carafe.Data;

/// <summary>
/// Names the query parameters of the app's lists and limits their pages: every <see cref="PageQuery"/> and <see cref="ListQuery{TSelf, TEntity}"/> reads,
/// documents and links by them. Options that contradict each other stop the start.
/// </summary>
public sealed class PagingOptions
{
    internal const int LargestPage = 10_000;

    /// <summary>Gets or sets the parameter of the page's number, from 1; null for no pages by number. Default: <c>page</c>.</summary>
    public string? PageParameter { get; set; } = "page";

    /// <summary>Gets or sets the parameter of how many rows to skip; null for no pages by offset. Default: null.</summary>
    public string? OffsetParameter { get; set; }

    /// <summary>Gets or sets the parameter of the cursor; null for no pages by cursor. Default: <c>after</c>.</summary>
    public string? CursorParameter { get; set; } = "after";

    /// <summary>Gets or sets the parameter of how many rows a page has at most. Default: <c>limit</c>.</summary>
    public string LimitParameter { get; set; } = "limit";

    /// <summary>Gets or sets the parameter that asks for the total where it is not always counted; null for none. Default: <c>total</c>.</summary>
    public string? TotalParameter { get; set; } = "total";

    /// <summary>Gets or sets the parameter of the order of a <see cref="ListQuery{TSelf, TEntity}"/>. Default: <c>sort</c>.</summary>
    public string SortParameter { get; set; } = "sort";

    /// <summary>Gets or sets how many rows a page has when the caller does not say. Default: 20.</summary>
    public int DefaultLimit { get; set; } = 20;

    /// <summary>Gets or sets how many rows a caller may ask for, at most 10,000. Default: 100.</summary>
    public int MaxLimit { get; set; } = 100;

    /// <summary>
    /// Gets or sets whether pages by number and offset always count all rows. If not, they do where the caller asks for it, and have neither
    /// <see cref="Paged{T}.Pages"/> nor a link to the last page otherwise. Pages by cursor only ever count where the caller asks. Default: true.
    /// </summary>
    public bool AlwaysTotal { get; set; } = true;

    internal IEnumerable<string> Errors()
    {
        if ((PageParameter ?? OffsetParameter ?? CursorParameter) is null)
        {
            yield return "Paging: PageParameter, OffsetParameter and CursorParameter are all null. A caller could ask for no page but the first.";
        }

        (string Option, string? Name)[] names =
        [
            (nameof(PageParameter), PageParameter), (nameof(OffsetParameter), OffsetParameter), (nameof(CursorParameter), CursorParameter),
            (nameof(LimitParameter), LimitParameter ?? ""), (nameof(TotalParameter), TotalParameter), (nameof(SortParameter), SortParameter ?? ""),
        ];
        foreach (var (option, _) in names.Where(item => item.Name is not null && string.IsNullOrWhiteSpace(item.Name)))
        {
            yield return $"Paging: {option} is empty. Give it a name.";
        }

        foreach (var same in names.Where(item => !string.IsNullOrWhiteSpace(item.Name)).GroupBy(item => item.Name, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Count() > 1))
        {
            yield return $"Paging: {string.Join(" and ", same.Select(item => item.Option))} are all '{same.Key}'. Each needs a name of its own.";
        }

        if (SizeError("Paging", DefaultLimit, MaxLimit) is { } error)
        {
            yield return error;
        }
    }

    internal static string? SizeError(string subject, int defaultLimit, int maxLimit) =>
        maxLimit is < 1 or > LargestPage ? $"{subject}: MaxLimit is {maxLimit} and must be from 1 to {LargestPage}."
        : defaultLimit < 1 || defaultLimit > maxLimit ? $"{subject}: DefaultLimit is {defaultLimit} and must be from 1 to MaxLimit, {maxLimit}."
        : null;
}
