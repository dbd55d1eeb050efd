using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Linq.Expressions;
using Carafe.Data.Queries.Compiled;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace Carafe.Data.Paging;

/// <summary>
/// Holds the queries that read the pages of one list. A list is composed for each request; if its template is known, its compiled queries run on a
/// context. Otherwise they run as composed, by their provider.
/// </summary>
internal sealed class PageTemplate<TEntity, TResult>(
    Expression rows, LambdaExpression select, IReadOnlyList<ParameterExpression> slots, IEntityType entity, bool timeless, IAsyncQueryProvider? provider = null)
{
    private static readonly FrozenSet<string> _plain = ["Where", "OrderBy", "OrderByDescending", "ThenBy", "ThenByDescending"];

    private readonly ConcurrentDictionary<long, Func<DbContext, object?[], IAsyncEnumerable<Keyed<TResult>>>> _after = new();
    // Past this many rows a page is found by its keys alone, and only its own rows are read: measured on SQLite, a quarter of the work at 20,000.
    private const int Deep = 200;

    private Func<DbContext, object?[], IAsyncEnumerable<TResult>>? _page;
    private Func<DbContext, object?[], IAsyncEnumerable<TResult>>? _deepPage;
    private Func<DbContext, object?[], CancellationToken, Task<long>>? _count;

    // A filter of the model may depend on the context's state, such as the owner of the rows.
    private readonly bool _alwaysSame = timeless && !entity.Model.GetEntityTypes().Any(type => type.GetDeclaredQueryFilters().Count > 0);

    public SortOrder Order { get; } = SortKeys.Read<TEntity>(rows, entity);

    private IReadOnlyList<SortKey> Keys => Order.Keys;

    private readonly IReadOnlyList<IProperty> _keys = entity.FindPrimaryKey()!.Properties;

    private readonly Expression? _table = Table(rows);

    private MethodCallExpression Counted => Expression.Call(typeof(Queryable), nameof(Queryable.LongCount), [typeof(TEntity)], rows);

    public async ValueTask<long> CountAsync(DbContext? db, object?[] captured, CancellationToken cancellationToken)
    {
        if (db is null)
        {
            return await provider!.ExecuteAsync<Task<long>>(Counted, cancellationToken);
        }

        _count ??= CompiledQuery.Single<long>(Counted, slots);
        if (!_alwaysSame || captured.Length > 0)
        {
            return await _count(db, captured, cancellationToken);
        }

        return SharedCounts.Find(this, db) is { } shared
            ? await shared.AskAsync(stop => _count(db, captured, stop), cancellationToken)
            : await _count(db, captured, cancellationToken);
    }

    public Task<List<TResult>> PageAsync(DbContext? db, object?[] captured, int skip, int take, CancellationToken cancellationToken)
    {
        ParameterExpression[] own = [Expression.Parameter(typeof(int), "skip"), Expression.Parameter(typeof(int), "take")];
        var deep = skip >= Deep && _keys.Count == 1 && _table is not null;
        if (db is null)
        {
            return ListAsync(Direct<TResult>(Page(own, deep), own, [skip, take]), take, cancellationToken);
        }

        ref var compiled = ref deep ? ref _deepPage : ref _page;
        compiled ??= CompiledQuery.Rows<TResult>(Page(own, deep), [.. slots, .. own]);
        return ListAsync(compiled(db, [.. captured, skip, take]), take, cancellationToken);
    }

    private MethodCallExpression Page(ParameterExpression[] skipAndTake, bool deep)
    {
        var sorted = SortKeys.Apply<TEntity>(rows, Keys);
        if (!deep)
        {
            return Call(nameof(Queryable.Select), Part(sorted), select);
        }

        var (key, row) = (SortKeys.Property<TEntity>(_keys[0]), Expression.Parameter(typeof(TEntity), "row"));
        var found = Expression.Call(typeof(Queryable), nameof(Queryable.Contains), [key.ReturnType], Part(Call(nameof(Queryable.Select), sorted, key)),
            SortKeys.On(new(key, false), row));
        return Call(nameof(Queryable.Select), SortKeys.Apply<TEntity>(Call(nameof(Queryable.Where), _table!, Expression.Lambda(found, row)), Keys), select);

        MethodCallExpression Part(Expression from) => Expression.Call(
            typeof(Queryable), nameof(Queryable.Take), [from.Type.GetGenericArguments()[0]],
            Expression.Call(typeof(Queryable), nameof(Queryable.Skip), [from.Type.GetGenericArguments()[0]], from, skipAndTake[0]), skipAndTake[1]);
    }

    /// <summary>Reads the rows after the one with these values, or from the first on.</summary>
    public Task<List<Keyed<TResult>>> AfterAsync(DbContext? db, object?[] captured, IReadOnlyList<object?>? values, int take,
        CancellationToken cancellationToken)
    {
        // A key that is null is no parameter: the statement has IS NULL then.
        var nulls = values is null ? -1 : values.Select((value, i) => value is null ? 1L << i : 0).Sum();
        object?[] own = [.. values?.OfType<object>() ?? [], take];
        if (db is null)
        {
            var (direct, parameters) = After(nulls);
            return ListAsync(Direct<Keyed<TResult>>(direct, parameters, own), take, cancellationToken);
        }

        var compiled = _after.GetOrAdd(nulls, nulls =>
        {
            var (body, parameters) = After(nulls);
            return CompiledQuery.Rows<Keyed<TResult>>(body, [.. slots, .. parameters]);
        });
        return ListAsync(compiled(db, [.. captured, .. own]), take, cancellationToken);
    }

    private (Expression Body, ParameterExpression[] Parameters) After(long nulls)
    {
        var take = Expression.Parameter(typeof(int), "take");
        if (nulls < 0)
        {
            return (Select(rows), [take]);
        }

        var values = Keys.Select((key, i) => (nulls >> i & 1) == 1 ? null : Expression.Parameter(key.By.ReturnType, $"after{i}")).ToArray();
        return (Select(Call(nameof(Queryable.Where), rows, CursorFilter.After<TEntity>(Keys, values))), [.. values.OfType<ParameterExpression>(), take]);

        MethodCallExpression Select(Expression from) =>
            Call(nameof(Queryable.Select), Call(nameof(Queryable.Take), SortKeys.Apply<TEntity>(from, Keys), take), WithKeys());
    }

    private Expression<Func<TEntity, Keyed<TResult>>> WithKeys()
    {
        var row = select.Parameters[0];
        var values = Expression.NewArrayInit(typeof(object), Keys.Select(key => Expression.Convert(SortKeys.On(key, row), typeof(object))));
        return Expression.Lambda<Func<TEntity, Keyed<TResult>>>(Expression.New(typeof(Keyed<TResult>).GetConstructors()[0], select.Body, values), row);
    }

    // Null where rows are more than a table's, filtered and sorted: their keys might find other rows.
    private static Expression? Table(Expression rows)
    {
        while (rows is MethodCallExpression { Arguments: [var source, ..], Method: var step } && step.DeclaringType == typeof(Queryable)
            && _plain.Contains(step.Name))
        {
            rows = source;
        }

        return rows is MethodCallExpression { Object: { } db } && db == QueryTemplate.Db || rows.GetType() == typeof(EntityQueryRootExpression) ? rows : null;
    }

    private static MethodCallExpression Call(string method, Expression source, Expression argument) => argument is LambdaExpression lambda
        ? Expression.Call(typeof(Queryable), method, lambda.ReturnType == typeof(bool)
            && method == nameof(Queryable.Where) ? [typeof(TEntity)] : [typeof(TEntity), lambda.ReturnType], source, Expression.Quote(lambda))
        : Expression.Call(typeof(Queryable), method, [typeof(TEntity)], source, argument);

    private IAsyncEnumerable<T> Direct<T>(Expression body, ParameterExpression[] parameters, object?[] values) =>
        provider!.CreateQuery<T>(new Boxed(parameters, values).Visit(body)).AsAsyncEnumerable();

    private static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> rows, int capacity, CancellationToken cancellationToken)
    {
        var list = new List<T>(capacity);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            list.Add(row);
        }

        return list;
    }

    // A field of an object becomes a parameter of the statement; a constant would become part of its text.
    private sealed class Boxed(ParameterExpression[] parameters, object?[] values) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node)
        {
            var i = Array.IndexOf(parameters, node);
            if (i < 0)
            {
                return node;
            }

            var box = Activator.CreateInstance(typeof(System.Runtime.CompilerServices.StrongBox<>).MakeGenericType(node.Type), values[i])!;
            return Expression.Field(Expression.Constant(box), "Value");
        }
    }
}

/// <summary>Represents a row of a page by cursor, and its sort keys.</summary>
internal sealed record Keyed<TResult>(TResult Item, object?[] Keys);
