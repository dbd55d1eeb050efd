using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Paging;

/// <summary>
/// Turns a step of an ordering into keys that C# and every database compare alike: enums by their numbers, null last, and nothing that is null in SQL
/// where C# does not expect it.
/// </summary>
internal static class ComparableKeys
{
    /// <summary>Returns the keys for one step of an ordering.</summary>
    public static IEnumerable<SortKey> Of(SortKey key, IEntityType entity)
    {
        var body = key.By.Body is UnaryExpression { NodeType: ExpressionType.Convert, Type: var boxed } box && boxed == typeof(object) ? box.Operand
            : key.By.Body;
        var (property, required) = Find(body, entity);
        var ordered = Compared(body, property);
        // An expression over something that is not there is null to a database, whatever its type in C#.
        if (!required && ordered.Type.IsValueType && Nullable.GetUnderlyingType(ordered.Type) is null && ordered is not ConditionalExpression)
        {
            body = body.Type.IsEnum ? Expression.Convert(body, typeof(Nullable<>).MakeGenericType(body.Type)) : body;
            ordered = Expression.Convert(ordered, typeof(Nullable<>).MakeGenericType(ordered.Type));
        }

        // SQLite sorts null first and PostgreSQL last. A key of its own settles it, and gives cursors something to compare.
        if (!required)
        {
            var test = body.Type.IsValueType && Nullable.GetUnderlyingType(body.Type) is null
                ? Expression.Convert(body, typeof(Nullable<>).MakeGenericType(body.Type)) : body;
            yield return new SortKey(Expression.Lambda(Expression.Equal(test, Expression.Constant(null, test.Type)), key.By.Parameters), key.Descending);
        }

        yield return new SortKey(Expression.Lambda(ordered, key.By.Parameters), key.Descending);
    }

    /// <summary>Returns whether rows after a value of this type can be selected.</summary>
    public static bool IsComparable(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(Guid) || type == typeof(bool) || type == typeof(DateTimeOffset) || type == typeof(DateOnly)
            || type == typeof(TimeOnly)
            || Type.GetTypeCode(type) is >= TypeCode.Char and <= TypeCode.DateTime;
    }

    private static Expression Compared(Expression body, IProperty? property)
    {
        var type = Nullable.GetUnderlyingType(body.Type) ?? body.Type;
        if (body.Type == typeof(bool?))
        {
            return Expression.Condition(Expression.Equal(body, Expression.Constant(true, typeof(bool?))), Expression.Constant(1), Expression.Constant(0));
        }

        if (!type.IsEnum)
        {
            return body;
        }

        var number = Enum.GetUnderlyingType(type);
        var provider = property?.FindTypeMapping()?.Converter?.ProviderClrType ?? number;
        if (Type.GetTypeCode(provider) is >= TypeCode.SByte and <= TypeCode.UInt64)
        {
            return Expression.Convert(body, type == body.Type ? number : typeof(Nullable<>).MakeGenericType(number));
        }

        // Kept as text, it would sort by its name, and in each database by other rules.
        var values = Enum.GetValues(type).Cast<object>().Distinct().ToList();
        return Enumerable.Range(0, values.Count).Reverse().Aggregate(
            (Expression)Expression.Constant(values.Count),
            (rest, i) => Expression.Condition(Expression.Equal(body, Expression.Constant(values[i], body.Type)), Expression.Constant(i), rest));
    }

    /// <summary>Returns the property that an expression reads, and whether it is never null on the way there.</summary>
    public static (IProperty? Property, bool Required) Find(Expression body, IEntityType entity)
    {
        switch (body)
        {
            case MemberExpression { Expression: { } source, Member.Name: var name } when Owner(source, entity) is var (owner, required):
                var property = owner.FindProperty(name);
                return (property, required && property is { IsNullable: false });
            case MethodCallExpression { Method.Name: nameof(EF.Property), Arguments: [var source, ConstantExpression { Value: string name }] } call
                when call.Method.DeclaringType == typeof(EF) && Owner(source, entity) is var (owner, required):
                var shadow = owner.FindProperty(name);
                return (shadow, required && shadow is { IsNullable: false });
            case UnaryExpression { NodeType: ExpressionType.Convert } convert:
                return Find(convert.Operand, entity);
            default:
                return (null, body is ConstantExpression);
        }
    }

    private static (ITypeBase Type, bool Required)? Owner(Expression source, IEntityType entity)
    {
        if (source is ParameterExpression)
        {
            return (entity, true);
        }

        if (source is not MemberExpression { Expression: { } inner, Member.Name: var name } || Owner(inner, entity) is not var (owner, required))
        {
            return null;
        }

        if (owner.FindComplexProperty(name) is { } complex)
        {
            return (complex.ComplexType, required && !complex.IsNullable);
        }

        return owner is IEntityType known && known.FindNavigation(name) is { IsCollection: false } navigation
            ? (navigation.TargetEntityType, required && navigation.IsOnDependent && navigation.ForeignKey.IsRequired)
            : null;
    }
}
