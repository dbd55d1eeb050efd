using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Validation;

// Validation would walk this object by reflection on each request and find no attribute in it. SkipValidation is marked experimental.
#pragma warning disable ASP0029

namespace Carafe.Data;

/// <summary>
/// Represents the part of a list that the caller wants, from the query: <c>page</c> (from 1) or <c>after</c> (a cursor; empty for the first page),
/// <c>limit</c> (1 to 100) and, with a cursor, <c>total</c>. A handler takes it as a parameter; it binds itself. An invalid or repeated value is 400 and
/// names the parameter; so is a query parameter that the endpoint does not know, such as a filter that it would ignore.
/// </summary>
[SkipValidation]
public sealed class PageQuery : IBindableFromHttpContext<PageQuery>, IEndpointParameterMetadataProvider
{
    /// <summary>Gets the greatest <see cref="Limit"/>: 100.</summary>
    public const int MaxLimit = 100;

    /// <summary>Gets the page, from 1. Default: 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Gets the greatest number of rows, 1 to <see cref="MaxLimit"/>. Default: 20.</summary>
    public int Limit { get; init; } = 20;

    /// <summary>Gets the cursor that the last page returned as <c>next</c>; empty starts at the first row; null pages by number. Default: null.</summary>
    public string? After { get; init; }

    /// <summary>Gets whether a cursor page counts all rows as well. Pages by number always do. Default: false.</summary>
    public bool Total { get; init; }

    internal HttpContext? Context { get; init; }

    /// <summary>Reads the query.</summary>
    /// <param name="context">The request's context.</param>
    /// <param name="parameter">The handler's parameter.</param>
    /// <exception cref="AbortException">400: a value is invalid.</exception>
    public static ValueTask<PageQuery?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var query = context.Request.Query;
        var after = One(query, "after");
        if (after is not null && query.ContainsKey("page"))
        {
            throw Abort.Invalid("after", "cannot be combined with page.");
        }

        return ValueTask.FromResult<PageQuery?>(new PageQuery
        {
            Page = Number(query, "page", 1, int.MaxValue) ?? 1,
            Limit = Number(query, "limit", 1, MaxLimit) ?? 20,
            After = after,
            Total = One(query, "total") switch
            {
                null or "false" => false,
                "true" => true,
                _ => throw Bad("total", "must be true or false."),
            },
            Context = context,
        });
    }

    /// <summary>Declares the parameters, the 400 and the Link header for the OpenAPI document.</summary>
    /// <param name="parameter">The handler's parameter.</param>
    /// <param name="builder">The endpoint.</param>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status400BadRequest));
        builder.Metadata.Add(new RequestParameterMetadata("page", typeof(int), "The page, from 1. Not together with after.") { Default = 1, Minimum = 1 });
        builder.Metadata.Add(new RequestParameterMetadata("limit", typeof(int), "How many rows at most.") { Default = 20, Minimum = 1, Maximum = MaxLimit });
        builder.Metadata.Add(
            new RequestParameterMetadata("after", typeof(string), "The cursor that the last page gave as next; empty for the first page by cursor."));
        builder.Metadata.Add(new RequestParameterMetadata("total", typeof(bool), "With a cursor: count all rows as well.") { Default = false });
        builder.Metadata.Add(new StrictQueryMetadata());
        builder.Metadata.Add(
            new ResponseHeaderMetadata("Link", "The pages around this one: first, prev, next, last (RFC 8288).") { Example = "</?page=2>; rel=\"next\"" });
    }

    private static int? Number(IQueryCollection query, string name, int least, int most)
    {
        if (One(query, name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad(name, most == int.MaxValue ? $"must be a whole number from {least}." : $"must be a whole number from {least} to {most}.");
    }

    private static string? One(IQueryCollection query, string name)
    {
        var values = query.TryGetValue(name, out var found) ? found : StringValues.Empty;
        return values.Count < 2 ? values.Count == 0 ? null : values[0] ?? "" : throw Bad(name, "is given more than once.");
    }

    private static AbortException Bad(string name, string error) =>
        new(new ApiError(StatusCodes.Status400BadRequest, $"{name}: {error}") { Errors = new Dictionary<string, string[]> { [name] = [error] } });
}
