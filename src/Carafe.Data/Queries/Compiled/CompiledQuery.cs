using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Queries.Compiled;

/// <summary>
/// EF's compiled queries, whatever number of parameters they have: what is paid once is the translation, the cache's look-up and the walk over the
/// expression.
/// </summary>
internal static class CompiledQuery
{
    /// <summary>Compiles <c>(db, a, b, ...) => IQueryable</c>.</summary>
    public static Func<DbContext, object?[], IAsyncEnumerable<T>> Rows<T>(Expression body, IReadOnlyList<ParameterExpression> parameters)
    {
        var compiled = Compile(typeof(IQueryable<>), typeof(T), body, parameters);
        var (db, values) = (Expression.Parameter(typeof(DbContext)), Expression.Parameter(typeof(object?[])));
        return Expression.Lambda<Func<DbContext, object?[], IAsyncEnumerable<T>>>(Expression.Invoke(compiled, [db, .. Unpack(values, parameters)]), db, values)
            .Compile();
    }

    /// <summary>Compiles <c>(db, a, b, ...) => T</c>.</summary>
    public static Func<DbContext, object?[], CancellationToken, Task<T>> Single<T>(Expression body, IReadOnlyList<ParameterExpression> parameters)
    {
        var compiled = Compile(typeof(CancellationToken), typeof(T), body, [.. parameters, Expression.Parameter(typeof(CancellationToken))]);
        var (db, values, stop) = (Expression.Parameter(typeof(DbContext)), Expression.Parameter(typeof(object?[])),
            Expression.Parameter(typeof(CancellationToken)));
        return Expression.Lambda<Func<DbContext, object?[], CancellationToken, Task<T>>>(
            Expression.Invoke(compiled, [db, .. Unpack(values, parameters), stop]), db, values, stop).Compile();
    }

    // EF has an overload for each number of parameters; the one wanted mentions a type that the others do not.
    private static ConstantExpression Compile(Type mark, Type result, Expression body, IReadOnlyList<ParameterExpression> parameters)
    {
        var given = parameters.Select(parameter => parameter.Type).Where(type => type != typeof(CancellationToken));
        Type[] types = [typeof(DbContext), .. given, result];
        var overload = typeof(EF).GetMethods().Single(method => method.Name == nameof(EF.CompileAsyncQuery)
            && method.GetGenericArguments().Length == types.Length && Inner(method).Any(Is));
        return Expression.Constant(overload.MakeGenericMethod(types).Invoke(null, [Expression.Lambda(body, [QueryTemplate.Db, .. parameters])]));

        bool Is(Type type) => type == mark || (type.IsGenericType && type.GetGenericTypeDefinition() == mark);
    }

    private static Type[] Inner(MethodInfo method) => method.GetParameters()[0].ParameterType.GetGenericArguments()[0].GetGenericArguments();

    private static IEnumerable<Expression> Unpack(ParameterExpression values, IReadOnlyList<ParameterExpression> parameters) =>
        parameters.Select((parameter, i) => Expression.Convert(Expression.ArrayIndex(values, Expression.Constant(i)), parameter.Type));
}
