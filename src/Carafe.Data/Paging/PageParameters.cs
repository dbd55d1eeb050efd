using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Carafe.Data.Paging;

/// <summary>Declares and reads the query parameters of one list, by their names and limits.</summary>
internal sealed class PageParameters
{
    private readonly string? _total;

    public PageParameters(PagingOptions options, PageSizeAttribute? size)
    {
        (Page, Offset, Cursor, Limit) = (options.PageParameter, options.OffsetParameter, options.CursorParameter, options.LimitParameter);
        AlwaysTotal = options.AlwaysTotal;
        // Nothing is left to ask for where every page is counted.
        _total = AlwaysTotal && Cursor is null ? null : options.TotalParameter;
        IsOwnSize = size is not null;
        MaxLimit = size is { MaxLimit: not 0 } ? size.MaxLimit : options.MaxLimit;
        DefaultLimit = size is { DefaultLimit: not 0 } ? size.DefaultLimit : Math.Min(options.DefaultLimit, MaxLimit);
    }

    /// <summary>Gets those of an app without options, for pages that no request has asked for.</summary>
    public static PageParameters Standard { get; } = new(new PagingOptions(), null);

    public string? Page { get; }

    public string? Offset { get; }

    public string? Cursor { get; }

    public string Limit { get; }

    public bool AlwaysTotal { get; }

    public int DefaultLimit { get; }

    public int MaxLimit { get; }

    /// <summary>Gets whether the list has limits of its own.</summary>
    public bool IsOwnSize { get; }

    /// <summary>Returns whether a parameter says which page is wanted.</summary>
    public bool IsPosition(string name) => Is(name, Page) || Is(name, Offset) || Is(name, Cursor);

    /// <summary>Returns whether a parameter says which part of the list is wanted, and not of which list.</summary>
    public bool IsPart(string name) => IsPosition(name) || Is(name, Limit) || Is(name, _total);

    public IEnumerable<RequestParameterMetadata> Declare()
    {
        if (Page is not null)
        {
            yield return new(Page, typeof(int), $"The page, from 1.{NotWith(Offset, Cursor)}") { Default = 1, Minimum = 1 };
        }

        if (Offset is not null)
        {
            yield return new(Offset, typeof(int), $"How many rows to skip.{NotWith(Page, Cursor)}") { Default = Page is null ? 0 : null, Minimum = 0 };
        }

        yield return new(Limit, typeof(int), "How many rows at most.") { Default = DefaultLimit, Minimum = 1, Maximum = MaxLimit };
        if (Cursor is not null)
        {
            yield return new(Cursor, typeof(string), "The cursor that the last page gave as next; empty for the first page by cursor.");
        }

        if (_total is not null)
        {
            yield return new(_total, typeof(bool), AlwaysTotal ? "With a cursor: count all rows as well." : "Count all rows as well.") { Default = false };
        }
    }

    public PageQuery Read(HttpContext context)
    {
        var query = context.Request.Query;
        RefuseTwoPositions(query);
        var offset = Number(query, Offset, 0, int.MaxValue) ?? (Page is null && Offset is not null ? 0 : null);
        var after = One(query, Cursor) ?? (Page is null && Offset is null ? "" : null);
        return new PageQuery
        {
            Page = Number(query, Page, 1, int.MaxValue) ?? 1,
            Offset = after is null ? offset : null,
            Limit = Number(query, Limit, 1, MaxLimit) ?? DefaultLimit,
            After = after,
            Total = One(query, _total) switch
            {
                null or "false" => false,
                "true" => true,
                _ => throw Bad(_total!, "must be true or false."),
            },
            Parameters = this,
            Context = context,
        };
    }

    private static bool Is(string name, string? parameter) => name.Equals(parameter, StringComparison.OrdinalIgnoreCase);

    private static string NotWith(string? one, string? other) =>
        one is null && other is null ? "" : $" Not together with {(one is null || other is null ? one ?? other : $"{one} or {other}")}.";

    private void RefuseTwoPositions(IQueryCollection query)
    {
        string? first = null;
        foreach (var name in new ReadOnlySpan<string?>([Cursor, Offset, Page]))
        {
            if (name is not null && query.ContainsKey(name))
            {
                first = first is null ? name : throw Abort.Invalid(first, $"cannot be combined with {name}.");
            }
        }
    }

    private static int? Number(IQueryCollection query, string? name, int least, int most)
    {
        if (One(query, name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad(name!, most == int.MaxValue ? $"must be a whole number from {least}." : $"must be a whole number from {least} to {most}.");
    }

    private static string? One(IQueryCollection query, string? name)
    {
        var values = name is not null && query.TryGetValue(name, out var found) ? found : StringValues.Empty;
        return values.Count < 2 ? values.Count == 0 ? null : values[0] ?? "" : throw Bad(name!, "is given more than once.");
    }

    private static AbortException Bad(string name, string error) =>
        new(new ApiError(StatusCodes.Status400BadRequest, $"{name}: {error}") { Errors = new Dictionary<string, string[]> { [name] = [error] } });
}
