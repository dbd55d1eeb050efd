namespace Carafe.MySql.Storage;

/// <summary>Looks at types of C#.</summary>
internal static class MySqlTypes
{
    /// <summary>Returns the type without its <c>?</c>.</summary>
    public static Type Unwrap(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
