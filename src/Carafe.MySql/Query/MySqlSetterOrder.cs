using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Carafe.MySql.Query;

/// <summary>
/// Orders the assignments of an UPDATE. The server makes them one after the other, and a later one sees what an earlier one has set; elsewhere all see
/// the row as it was.
/// </summary>
internal static class MySqlSetterOrder
{
    /// <summary>Puts each assignment before the one that overwrites what it reads.</summary>
    /// <exception cref="InvalidOperationException">Two of them read what the other sets.</exception>
    public static IReadOnlyList<ColumnValueSetter> Sort(IReadOnlyList<ColumnValueSetter> setters)
    {
        var rest = setters.ToList();
        var sorted = new List<ColumnValueSetter>();
        while (rest.Count > 0)
        {
            var next = rest.FindIndex(setter => rest.All(other => other.Column.Equals(setter.Column) || !Reads(other.Value, setter.Column)));
            if (next < 0)
            {
                throw new InvalidOperationException(
                    $"ExecuteUpdate sets {string.Join(" and ", rest.Select(setter => setter.Column.Name))} from each other's old values, and MariaDB and MySQL "
                    + "assign one after the other. Make two statements of it.");
            }

            sorted.Add(rest[next]);
            rest.RemoveAt(next);
        }

        return sorted;
    }

    private static bool Reads(Expression value, ColumnExpression column)
    {
        var finder = new ColumnFinder(column);
        finder.Visit(value);
        return finder.IsFound;
    }

    private sealed class ColumnFinder(ColumnExpression column) : ExpressionVisitor
    {
        public bool IsFound { get; private set; }

        public override Expression? Visit(Expression? node)
        {
            IsFound |= node is ColumnExpression other && other.Name == column.Name && other.TableAlias == column.TableAlias;
            return IsFound ? node : base.Visit(node);
        }
    }
}
