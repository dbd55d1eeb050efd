using System.Linq.Expressions;
using System.Reflection;
using Carafe.Data.Lists;
using Carafe.Data.Paging;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Validation;

// Validation would walk this object by reflection on each request and find no attribute in it. SkipValidation is marked experimental.
#pragma warning disable ASP0029

namespace Carafe.Data;

/// <summary>Represents what a caller wants of a list: which rows, and in which order. An app derives from <see cref="ListQuery{TSelf, TEntity}"/>.</summary>
/// <typeparam name="TEntity">The rows' type.</typeparam>
[SkipValidation]
public abstract class ListQuery<TEntity>
{
    private protected ListQuery()
    {
    }

    internal IReadOnlyList<Expression<Func<TEntity, bool>>> Conditions { get; set; } = [];

    internal IReadOnlyList<SortKey> Order { get; set; } = [];
}

/// <summary>
/// Names the columns that callers may sort and filter a list by, one line each: <c>?sort=-created_at,title&amp;author=ada</c>. A handler takes the derived
/// class as a parameter; it binds itself, and <see cref="ListQueryableExtensions.Apply"/> applies it. Each column is part of the OpenAPI document;
/// anything else is 400 and names what is allowed. Lines that contradict each other stop the start; the check C407 names columns without an index.
/// </summary>
/// <example>
/// <code>
/// public sealed class PostList : ListQuery&lt;PostList, Post&gt;
/// {
///     protected override void Configure(ListQueryBuilder&lt;Post&gt; list)
///     {
///         list.Sort(post => post.CreatedAt);
///         list.Filter(post => post.User!.Username, "author");
///         list.DefaultSort = "-created_at";
///     }
/// }
/// </code>
/// </example>
/// <typeparam name="TSelf">The derived class itself.</typeparam>
/// <typeparam name="TEntity">The rows' type.</typeparam>
[SkipValidation]
public abstract class ListQuery<TSelf, TEntity> : ListQuery<TEntity>, IBindableFromHttpContext<TSelf>, IEndpointParameterMetadataProvider
    where TSelf : ListQuery<TSelf, TEntity>, new()
    where TEntity : class
{
    // The base class is for the signature of Apply alone; this one is the class to derive from.
#pragma warning disable RS0022
    /// <summary>Creates it.</summary>
    protected ListQuery()
    {
    }
#pragma warning restore RS0022

    static ValueTask<TSelf?> IBindableFromHttpContext<TSelf>.BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var definition = context.GetEndpoint()!.Metadata.OfType<ListDefinition<TEntity>>().Last(known => known.Name == typeof(TSelf).Name);
        return ValueTask.FromResult<TSelf?>(new TSelf { Conditions = definition.Conditions(context.Request.Query), Order = definition.Order(context.Request) });
    }

    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        var list = new ListQueryBuilder<TEntity>(builder.ApplicationServices);
        new TSelf().Configure(list);
        var definition = new ListDefinition<TEntity>(typeof(TSelf).Name, list);
        builder.Metadata.Add(definition);
        builder.Metadata.Add(ContractEndpointExtensions.ErrorMetadata(StatusCodes.Status400BadRequest));
        foreach (var declared in definition.Declare())
        {
            builder.Metadata.Add(declared);
        }

        builder.Metadata.Add(new StrictQueryMetadata());
    }

    /// <summary>Names the columns. It runs once for each endpoint, when the endpoint is made.</summary>
    /// <param name="list">Takes them.</param>
    protected abstract void Configure(ListQueryBuilder<TEntity> list);
}
