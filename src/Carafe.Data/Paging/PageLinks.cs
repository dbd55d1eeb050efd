using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace Carafe.Data.Paging;

/// <summary>The Link header of a list (RFC 8288): references relative to the request, with its other parameters kept.</summary>
internal static class PageLinks
{
    public static void Set(PageQuery page, long pages)
    {
        var last = Math.Max(pages, 1);
        var links = new List<(string Rel, long Page)> { ("first", 1) };
        if (page.Page > 1)
        {
            links.Add(("prev", Math.Min(page.Page - 1, last)));
        }

        if (page.Page < last)
        {
            links.Add(("next", page.Page + 1));
        }

        links.Add(("last", last));
        Append(page, links.Select(link => (link.Rel, "page", link.Page.ToString(CultureInfo.InvariantCulture))));
    }

    public static void Set(PageQuery page, string? next) =>
        Append(page, next is null ? [("first", "after", "")] : [("first", "after", ""), ("next", "after", next)]);

    private static void Append(PageQuery page, IEnumerable<(string Rel, string Name, string Value)> links)
    {
        if (page.Context is not { } context)
        {
            return;
        }

        var request = context.Request;
        var kept = request.Query.Where(item => item.Key is not ("page" or "after")).SelectMany(item => item.Value.Select(value => KeyValuePair.Create(item.Key, value ?? ""))).ToList();
        var path = request.PathBase.Add(request.Path).ToUriComponent();
        context.Response.Headers.Append(
            "Link",
            string.Join(", ", links.Select(link => $"<{path}{new QueryBuilder([KeyValuePair.Create(link.Name, link.Value), .. kept]).ToQueryString()}>; rel=\"{link.Rel}\"")));
    }
}
