using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Carafe.Data.Paging;

namespace Carafe.Data;

/// <summary>
/// Represents the links of a page to those around it: references relative to the request, with its other parameters kept. They are the <c>Link</c> header
/// of the response (RFC 8288); an envelope of the app's own may repeat them in the body.
/// </summary>
public sealed class PageLinks
{
    private readonly string _path;
    private readonly string _kept;
    private readonly string _parameter;
    private readonly string _first;
    private readonly string? _prev;
    private readonly string? _next;
    private readonly string? _last;

    private PageLinks(HttpContext context, PageParameters parameters, string parameter, string first, string? prev, string? next, string? last)
    {
        _path = context.Request.PathBase.Add(context.Request.Path).ToUriComponent();
        _kept = Kept(context.Request.Query, parameters);
        (_parameter, _first, _prev, _next, _last) = (Encode(parameter), first, prev, next, last);
    }

    /// <summary>Gets the link to the first page.</summary>
    public string First => Reference(_first);

    /// <summary>Gets the link to the page before; null on the first one, and with a cursor.</summary>
    public string? Prev => _prev is null ? null : Reference(_prev);

    /// <summary>Gets the link to the next page; null on the last one.</summary>
    public string? Next => _next is null ? null : Reference(_next);

    /// <summary>Gets the link to the last page; null where the rows are not counted, and with a cursor.</summary>
    public string? Last => _last is null ? null : Reference(_last);

    /// <summary>Returns the <c>Link</c> header.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(256);
        Add("first", _first);
        Add("prev", _prev);
        Add("next", _next);
        Add("last", _last);
        return text.ToString();

        void Add(string rel, string? value)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? "<" : ", <").Append(_path).Append('?').Append(_parameter).Append('=').Append(value).Append(_kept)
                    .Append(">; rel=\"").Append(rel).Append('"');
            }
        }
    }

    internal static string Encode(string text) => UrlEncoder.Default.Encode(text);

    internal static PageLinks? ByNumber(PageQuery page, long? pages, bool hasNext)
    {
        long? last = pages is null ? null : Math.Max(pages.Value, 1);
        return Set(page, page.Parameters.Page, "1", page.Page > 1 ? Number(Math.Min(page.Page - 1, last ?? int.MaxValue)) : null,
            hasNext ? Number(page.Page + 1L) : null, last is null ? null : Number(last.Value));
    }

    internal static PageLinks? ByOffset(PageQuery page, long? total, bool hasNext)
    {
        var offset = (long)page.Offset!.Value;
        long? last = total is null ? null : Math.Max(total.Value - 1, 0) / page.Limit * page.Limit;
        return Set(page, page.Parameters.Offset, "0", offset > 0 ? Number(Math.Min(Math.Max(offset - page.Limit, 0), last ?? long.MaxValue)) : null,
            hasNext ? Number(offset + page.Limit) : null, last is null ? null : Number(last.Value));
    }

    internal static PageLinks? ByCursor(PageQuery page, string? next) => Set(page, page.Parameters.Cursor, "", null, next, null);

    // Page numbers and cursors need no encoding.
    private static PageLinks? Set(PageQuery page, string? parameter, string first, string? prev, string? next, string? last)
    {
        if (page.Context is not { } context || parameter is null)
        {
            return null;
        }

        var links = new PageLinks(context, page.Parameters, parameter, first, prev, next, last);
        context.Response.Headers.Append("Link", links.ToString());
        return links;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Kept(IQueryCollection query, PageParameters parameters)
    {
        var kept = "";
        foreach (var (name, values) in query)
        {
            if (parameters.IsPosition(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                kept += $"&{Encode(name)}={Encode(value ?? "")}";
            }
        }

        return kept;
    }

    private string Reference(string value) => $"{_path}?{_parameter}={value}{_kept}";
}
