using System.Linq.Expressions;
using System.Text.Json;
using Carafe.Data.Lists;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Data;

/// <summary>Takes the columns that callers may sort and filter a list by.</summary>
/// <typeparam name="TEntity">The rows' type.</typeparam>
public sealed class ListQueryBuilder<TEntity>
{
    internal ListQueryBuilder(IServiceProvider services)
    {
        Json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        SortParameter = services.GetRequiredService<IOptions<PagingOptions>>().Value.SortParameter;
    }

    /// <summary>Gets or sets the order of a request that names none, as a caller would write it: <c>-created_at,title</c>. It is required.</summary>
    public string? DefaultSort { get; set; }

    internal JsonSerializerOptions Json { get; }

    internal string SortParameter { get; }

    internal List<ListSort> Sorts { get; } = [];

    internal List<ListFilter<TEntity>> Filters { get; } = [];

    internal List<string> Errors { get; } = [];

    /// <summary>Lets callers sort by a column, upwards or, with <c>-</c> before its name, downwards. Rows that tie are ordered by their key.</summary>
    /// <param name="by">The column, or an expression of columns.</param>
    /// <param name="name">Its name in the query. Default: the member's name by the app's naming policy, such as <c>created_at</c>.</param>
    public void Sort<TKey>(Expression<Func<TEntity, TKey>> by, string? name = null) => Sorts.Add(new(Name(by, name), by));

    /// <summary>Lets callers select rows by one value of a column: <c>?author=ada</c>.</summary>
    /// <param name="by">The column.</param>
    /// <param name="name">The name of the query parameter. Default: the member's name by the app's naming policy.</param>
    /// <param name="description">What the OpenAPI document says. Default: the rows with this value.</param>
    public void Filter<TValue>(Expression<Func<TEntity, TValue>> by, string? name = null, string? description = null)
    {
        var value = Expression.Parameter(typeof(TValue), "value");
        var parameter = Name(by, name);
        Filters.Add(new ListFilter<TEntity, TValue>(parameter, description ?? $"Only rows whose {parameter} is this.", by.Parameters[0], value,
            Expression.Equal(by.Body, value), Json));
    }

    /// <summary>Lets callers select rows by a condition: <c>?created_after=2026-01-01T00:00:00Z</c>.</summary>
    /// <param name="name">The name of the query parameter.</param>
    /// <param name="condition">The condition on a row and the caller's value.</param>
    /// <param name="description">What the OpenAPI document says.</param>
    public void Filter<TValue>(string name, Expression<Func<TEntity, TValue, bool>> condition, string description) =>
        Filters.Add(new ListFilter<TEntity, TValue>(name, description, condition.Parameters[0], condition.Parameters[1], condition.Body, Json));

    private string Name(LambdaExpression by, string? name)
    {
        if (name is not null)
        {
            return name;
        }

        var body = by.Body is UnaryExpression { NodeType: ExpressionType.Convert } convert ? convert.Operand : by.Body;
        if (body is MemberExpression { Member.Name: var member })
        {
            return Json.PropertyNamingPolicy?.ConvertName(member) ?? member;
        }

        Errors.Add($"{by.Body} is no member, so it has no name. Give it one.");
        return "";
    }
}
