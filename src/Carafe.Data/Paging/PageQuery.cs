using System.Reflection;
using Carafe.Data.Paging;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Validation;

// Validation would walk this object by reflection on each request and find no attribute in it. SkipValidation is marked experimental.
#pragma warning disable ASP0029

namespace Carafe.Data;

/// <summary>
/// Represents the part of a list that the caller wants, from the query: <c>page</c> (from 1) or <c>after</c> (a cursor; empty for the first page),
/// <c>limit</c> (1 to 100) and, with a cursor, <c>total</c>. <see cref="PagingOptions"/> gives them other names and limits, and adds pages by offset. A
/// handler takes it as a parameter; it binds itself. An invalid or repeated value is 400 and names the parameter; so is a query parameter that the
/// endpoint does not know, such as a filter that it would ignore.
/// </summary>
[SkipValidation]
public sealed class PageQuery : IBindableFromHttpContext<PageQuery>, IEndpointParameterMetadataProvider
{
    /// <summary>Gets the page, from 1. Default: 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Gets how many rows to skip; null pages by number or cursor. Default: null.</summary>
    public int? Offset { get; init; }

    /// <summary>Gets the greatest number of rows. Default: 20.</summary>
    public int Limit { get; init; } = 20;

    /// <summary>Gets the cursor that the last page returned as <c>next</c>; empty starts at the first row; null pages by number. Default: null.</summary>
    public string? After { get; init; }

    /// <summary>Gets whether all rows are counted where that is not always done: with a cursor. Default: false.</summary>
    public bool Total { get; init; }

    internal PageParameters Parameters { get; init; } = PageParameters.Standard;

    internal HttpContext? Context { get; init; }

    /// <summary>Reads the query.</summary>
    /// <param name="context">The request's context.</param>
    /// <param name="parameter">The handler's parameter.</param>
    /// <exception cref="AbortException">400: a value is invalid.</exception>
    public static ValueTask<PageQuery?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<PageQuery?>((context.GetEndpoint()?.Metadata.GetMetadata<PageParameters>() ?? PageParameters.Standard).Read(context));

    /// <summary>Declares the parameters, the 400 and the Link header for the OpenAPI document.</summary>
    /// <param name="parameter">The handler's parameter.</param>
    /// <param name="builder">The endpoint.</param>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        var options = builder.ApplicationServices.GetRequiredService<IOptions<PagingOptions>>().Value;
        var parameters = new PageParameters(options, parameter.GetCustomAttribute<PageSizeAttribute>(inherit: true));
        builder.Metadata.Add(parameters);
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status400BadRequest));
        foreach (var declared in parameters.Declare())
        {
            builder.Metadata.Add(declared);
        }

        builder.Metadata.Add(new StrictQueryMetadata());
        builder.Metadata.Add(new ResponseHeaderMetadata("Link", "The pages around this one: first, prev, next, last (RFC 8288).")
        {
            Example = $"</?{PageLinks.Encode(parameters.Page ?? parameters.Offset ?? parameters.Cursor ?? "")}=2>; rel=\"next\"",
        });
    }
}
