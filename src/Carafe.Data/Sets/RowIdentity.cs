using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Sets;

/// <summary>Finds the columns that tell whether two rows are the same member of a set.</summary>
internal static class RowIdentity
{
    /// <summary>Returns the primary key, or the one unique index where the key is generated.</summary>
    public static IReadOnlyList<IProperty> Of(IEntityType type)
    {
        if (type.FindPrimaryKey() is { } key && !key.Properties.Any(property => property.ValueGenerated.HasFlag(ValueGenerated.OnAdd)))
        {
            return key.Properties;
        }

        var unique = type.GetKeys().Where(other => !other.IsPrimaryKey()).Select(other => other.Properties)
            .Concat(type.GetIndexes().Where(index => index.IsUnique && index.GetFilter() is null).Select(index => index.Properties)).ToList();
        return unique is [var only] ? only : throw new InvalidOperationException(
            $"{type.DisplayName()} has a generated key and {unique.Count} unique indexes, so it is not clear which columns tell whether a row is there. "
            + "Give it a key of those columns, HasKey(row => new { row.UserId, row.PostId }), or one unique index on them.");
    }

    /// <summary>Returns the condition for the row that is the same member.</summary>
    public static Expression<Func<T, bool>> SameAs<T>(EntityEntry entry)
    {
        var row = Expression.Parameter(typeof(T), "row");
        return Expression.Lambda<Func<T, bool>>(Of(entry.Metadata).Select(Expression (property) => Expression.Equal(
            Expression.Call(typeof(EF), nameof(EF.Property), [property.ClrType], row, Expression.Constant(property.Name)),
            Captured(Value(entry, property), property.ClrType))).Aggregate(Expression.AndAlso), row);
    }

    /// <summary>Returns the value of a column of the identity.</summary>
    /// <exception cref="InvalidOperationException">It is null: no row is the same as one without a value.</exception>
    public static object Value(EntityEntry entry, IProperty property) => entry.Property(property).CurrentValue
        ?? throw new InvalidOperationException($"{entry.Metadata.DisplayName()}.{property.Name} is null, and it tells which row is meant. Set it.");

    // A field of an object becomes a parameter of the statement; a constant would become part of its text.
    private static MemberExpression Captured(object value, Type type) =>
        Expression.Field(Expression.Constant(Activator.CreateInstance(typeof(StrongBox<>).MakeGenericType(type), value)), nameof(StrongBox<int>.Value));
}
