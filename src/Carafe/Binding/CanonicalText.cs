using System.Globalization;

namespace Carafe.Binding;

/// <summary>Knows the one spelling of a value in a path: <c>1</c>, not <c>01</c>, <c>+1</c> or <c> 1</c>, which the platform takes as well.</summary>
internal static class CanonicalText
{
    /// <summary>Returns the check of a type's text; null for types whose spelling is free or fixed by the platform.</summary>
    /// <param name="type">The parameter's type.</param>
    /// <param name="isConstrained">Whether the route says what the value must be. Where it does not, a value that is none at all is 400, and not another
    /// spelling.</param>
    public static Func<string, bool>? For(Type type, bool isConstrained)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var check = Exact(type);
        return check is null || isConstrained ? check : text => check(text) || !IsSpelling(type, text);
    }

    private static bool IsSpelling(Type type, string text) =>
        type == typeof(bool) ? bool.TryParse(text, out _)
        : type == typeof(Guid) ? Guid.TryParse(text, CultureInfo.InvariantCulture, out _)
        : Int128.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);

    private static Func<string, bool>? Exact(Type type)
    {
        return type.IsEnum ? null : Type.GetTypeCode(type) switch
        {
            TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64
                or TypeCode.UInt64 => IsInteger,
            TypeCode.Boolean => static text => text is "true" or "false",
            _ when type == typeof(Guid) => static text => Guid.TryParseExact(text, "D", out var id) && text == id.ToString("D", CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private static bool IsInteger(string text)
    {
        var digits = text.StartsWith('-') ? text.AsSpan(1) : text;
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9') && (digits[0] != '0' || (digits.Length == 1 && text.Length == 1));
    }
}
