using System.Linq.Expressions;
using Carafe.Data.Paging;

namespace Carafe.Data.Lists;

/// <summary>Holds the sorts and filters of an endpoint's list.</summary>
internal abstract class ListDefinition(string name)
{
    public string Name => name;

    public abstract Type EntityType { get; }

    public abstract IReadOnlyList<ListSort> Sorts { get; }

    /// <summary>Gets the filters' names and conditions.</summary>
    public abstract IEnumerable<(string Name, Expression Condition)> Filters { get; }

    public abstract IEnumerable<string> Errors();
}

/// <summary>Holds those of a list of one type of row.</summary>
internal sealed class ListDefinition<TEntity>(string name, ListQueryBuilder<TEntity> list) : ListDefinition(name)
{
    public override Type EntityType => typeof(TEntity);

    public override IReadOnlyList<ListSort> Sorts => list.Sorts;

    public override IEnumerable<(string Name, Expression Condition)> Filters => list.Filters.Select(filter => (filter.Name, filter.Condition));

    private string[] Choices => [.. list.Sorts.SelectMany(sort => new[] { sort.Name, $"-{sort.Name}" })];

    public IEnumerable<RequestParameterMetadata> Declare() =>
    [
        new(list.SortParameter, typeof(string), "The order: by these in turn, downwards where - stands before the name.")
        {
            Choices = Choices,
            Default = list.DefaultSort,
        },
        .. list.Filters.Select(filter => new RequestParameterMetadata(filter.Name, filter.Type, filter.Description)),
    ];

    public IReadOnlyList<Expression<Func<TEntity, bool>>> Conditions(IQueryCollection query)
    {
        List<Expression<Func<TEntity, bool>>>? conditions = null;
        foreach (var filter in list.Filters)
        {
            if (query.TryGetValue(filter.Name, out var values))
            {
                (conditions ??= []).Add((values.Count == 1 ? filter.With(values[0] ?? "") : null) ?? throw Abort.Invalid(filter.Name, "is not valid"));
            }
        }

        return conditions ?? [];
    }

    public IReadOnlyList<SortKey> Order(HttpRequest request)
    {
        var text = request.Query.TryGetValue(list.SortParameter, out var given) ? given.ToString() : list.DefaultSort!;
        return Read(text) ?? throw Abort.Invalid(list.SortParameter, $"must be a list, separated by commas and without repetition, of: " +
            $"{string.Join(", ", Choices)}");
    }

    public override IEnumerable<string> Errors()
    {
        foreach (var error in list.Errors)
        {
            yield return $"{Name}: {error}";
        }

        foreach (var twice in Twice(list.Sorts.Select(sort => sort.Name)))
        {
            yield return $"{Name}: two sorts are named '{twice}'. Give one another name.";
        }

        foreach (var sort in list.Sorts.Where(sort => sort.Name.AsSpan().ContainsAny(", ") || sort.Name.StartsWith('-')))
        {
            yield return $"{Name}: a sort is named '{sort.Name}'. The name must not begin with '-' and have no comma and no blank.";
        }

        foreach (var sort in list.Sorts.Where(sort => !ComparableKeys.IsComparable(Comparable(sort.By.ReturnType))))
        {
            yield return $"{Name}: '{sort.Name}' is a {sort.By.ReturnType.Name}, for which not every database has an order. Sort by a number, a text, "
                + "a time or an enum.";
        }

        foreach (var filter in list.Filters.Where(filter => !filter.IsReadable))
        {
            yield return $"{Name}: '{filter.Name}' is a {filter.Type.Name}, which cannot be read from a query. Filter by a number, a text, a time, a UUID "
                + "or an enum.";
        }

        if (list.DefaultSort is null || Read(list.DefaultSort) is null)
        {
            yield return list.DefaultSort is null
                ? $"{Name}: DefaultSort is not set. A page needs an order."
                : $"{Name}: DefaultSort is '{list.DefaultSort}' and must be a list, separated by commas, of: {string.Join(", ", Choices)}.";
        }
    }

    private static Type Comparable(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } ? typeof(int) : type;

    private static IEnumerable<string> Twice(IEnumerable<string> names) => names.GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1)
        .Select(same => same.Key);

    private List<SortKey>? Read(string text)
    {
        var keys = new List<SortKey>();
        foreach (var item in text.Split(','))
        {
            var descending = item.StartsWith('-');
            var name = descending ? item[1..] : item;
            if (list.Sorts.Find(sort => sort.Name == name) is not { } sort || keys.Exists(key => key.By == sort.By))
            {
                return null;
            }

            keys.Add(new(sort.By, descending));
        }

        return keys;
    }
}
