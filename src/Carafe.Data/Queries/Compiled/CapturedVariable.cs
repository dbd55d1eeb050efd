using System.Linq.Expressions;
using System.Reflection;

namespace Carafe.Data.Queries.Compiled;

/// <summary>A variable that a lambda captured: a chain of fields and properties that begins at an object in the expression.</summary>
internal static class CapturedVariable
{
    public static bool Is(Expression node)
    {
        while (node is MemberExpression { Expression: { } from })
        {
            if (from is ConstantExpression)
            {
                return true;
            }

            node = from;
        }

        return false;
    }

    /// <summary>Whether a value of this type can be a parameter of a statement by itself.</summary>
    public static bool IsScalar(Type type) => type == typeof(string) || type == typeof(byte[]) || type.IsValueType;

    /// <summary>Reads the variable; false where an object of the chain is null.</summary>
    public static bool TryRead(Expression node, out object? value)
    {
        value = null;
        if (node is ConstantExpression constant)
        {
            value = constant.Value;
            return true;
        }

        var member = (MemberExpression)node;
        if (!TryRead(member.Expression!, out var owner) || owner is null)
        {
            return false;
        }

        value = member.Member is FieldInfo field ? field.GetValue(owner) : ((PropertyInfo)member.Member).GetValue(owner);
        return true;
    }
}
