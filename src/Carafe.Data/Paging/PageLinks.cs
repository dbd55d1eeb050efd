using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Extensions.Primitives;

namespace Carafe.Data.Paging;

/// <summary>Sets the Link header of a list (RFC 8288): references relative to the request, with its other parameters kept.</summary>
internal static class PageLinks
{
    public static void Set(PageQuery page, long pages)
    {
        if (page.Context is null)
        {
            return;
        }

        var (last, links) = (Math.Max(pages, 1), new Links(page.Context.Request));
        links.Add("first", "page", "1");
        if (page.Page > 1)
        {
            links.Add("prev", "page", Number(Math.Min(page.Page - 1, last)));
        }

        if (page.Page < last)
        {
            links.Add("next", "page", Number(page.Page + 1));
        }

        links.Add("last", "page", Number(last));
        page.Context.Response.Headers.Append("Link", links.ToString());
    }

    public static void Set(PageQuery page, string? next)
    {
        if (page.Context is null)
        {
            return;
        }

        var links = new Links(page.Context.Request);
        links.Add("first", "after", "");
        if (next is not null)
        {
            links.Add("next", "after", next);
        }

        page.Context.Response.Headers.Append("Link", links.ToString());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly struct Links(HttpRequest request)
    {
        private readonly StringBuilder _text = new(256);
        private readonly string _path = request.PathBase.Add(request.Path).ToUriComponent();
        private readonly string _kept = Kept(request.Query);

        // Page numbers and cursors need no encoding.
        public void Add(string rel, string name, string value) =>
            _text.Append(_text.Length == 0 ? "<" : ", <").Append(_path).Append('?').Append(name).Append('=').Append(value).Append(_kept).Append(">; rel=\"")
                .Append(rel).Append('"');

        public override string ToString() => _text.ToString();

        private static string Kept(IQueryCollection query)
        {
            var kept = "";
            foreach (var (name, values) in query)
            {
                foreach (var value in name is "page" or "after" ? StringValues.Empty : values)
                {
                    kept += $"&{UrlEncoder.Default.Encode(name)}={UrlEncoder.Default.Encode(value ?? "")}";
                }
            }

            return kept;
        }
    }
}
