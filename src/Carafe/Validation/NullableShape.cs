using System.Reflection;

namespace Carafe.Validation;

/// <summary>
/// Represents a type with its source's nullability: <c>List&lt;string?&gt;</c> and <c>List&lt;string&gt;</c> are one type and two shapes. The platform's
/// <see cref="NullabilityInfoContext"/> does not follow type parameters and base types, so the compiler's attributes are read here.
/// </summary>
internal sealed class NullableShape
{
    private static readonly NullableShape Unknown = new(typeof(object), allowsNull: true, []);

    private readonly NullableShape[] _arguments;

    private NullableShape(Type type, bool allowsNull, NullableShape[] arguments) => (Type, AllowsNull, _arguments) = (type, allowsNull, arguments);

    public Type Type { get; }

    public bool AllowsNull { get; }

    /// <summary>Gets the shape of a collection's items, or of a dictionary's values; unknown allows null.</summary>
    public NullableShape Element => FindElement() ?? Unknown;

    /// <summary>Gets for <c>int?</c> the shape of <c>int</c>; any other shape as it is.</summary>
    public NullableShape WithoutNullable => Nullable.GetUnderlyingType(Type) is null ? this : _arguments[0];

    /// <summary>Returns the shape of a type without further annotations: it is not null itself, and its arguments are.</summary>
    public static NullableShape Of(Type type) => Read(type, type, new NullableFlags(null, 1), null);

    public static NullableShape Of(ParameterInfo parameter) =>
        Read(parameter.ParameterType, parameter.ParameterType,
            NullableFlags.Of(parameter, [parameter.Member, .. NullableFlags.Around(parameter.Member.DeclaringType)]), null);

    /// <summary>Returns the shape of one of its members, with the type's arguments in place of type parameters.</summary>
    /// <param name="member">A property or field of <see cref="Type"/> or of a base of it.</param>
    public NullableShape Member(MemberInfo member)
    {
        var owner = Base(member.DeclaringType!);
        var open = member.DeclaringType!.IsGenericType ? member.DeclaringType.GetGenericTypeDefinition().GetMemberWithSameMetadataDefinitionAs(member) : member;
        return Read(TypeOf(open), TypeOf(member), NullableFlags.Of(open, NullableFlags.Around(open.DeclaringType)), owner);
    }

    /// <summary>Returns whether the member's own type is a type parameter, which the serializer never asks about.</summary>
    public static bool IsOpen(MemberInfo member) =>
        member.DeclaringType!.IsGenericType
            && TypeOf(member.DeclaringType.GetGenericTypeDefinition().GetMemberWithSameMetadataDefinitionAs(member)).IsGenericParameter;

    public override string ToString() => $"{Type.FullName ?? Type.Name}{(AllowsNull ? "?" : "")}<{string.Join(",", _arguments.AsEnumerable())}>";

    private static Type TypeOf(MemberInfo member) => member switch
    {
        PropertyInfo property => property.PropertyType,
        FieldInfo field => field.FieldType,
        _ => typeof(object),
    };

    private NullableShape? FindElement()
    {
        if (Type.IsArray)
        {
            return _arguments[0];
        }

        var open = Type.IsGenericType ? Type.GetGenericTypeDefinition() : Type;
        var list = open.GetInterfaces().Prepend(open).FirstOrDefault(item => item.IsGenericType
            && item.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
        var element = list is { IsGenericType: true } && list.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? list.GetGenericArguments()[1] : list;
        return element is { IsGenericParameter: true } ? _arguments[element.GenericParameterPosition]
            : element is { ContainsGenericParameters: true } || Type.BaseType is null || Type.BaseType == typeof(object) ? null
            : Parent().FindElement();
    }

    private NullableShape? Base(Type type)
    {
        var at = this;
        while (at is not null && at.Type != type)
        {
            at = at.Type.BaseType is null ? null : at.Parent();
        }

        return at;
    }

    private NullableShape Parent()
    {
        var open = Type.IsGenericType ? Type.GetGenericTypeDefinition() : Type;
        return Read(open.BaseType!, Type.BaseType!, NullableFlags.Of(open, NullableFlags.Around(open)), this);
    }

    // The compiler writes a byte for each type in its order, left to right; a value type that is not generic has none.
    private static NullableShape Read(Type open, Type closed, NullableFlags flags, NullableShape? owner)
    {
        if (open.IsGenericParameter)
        {
            var flag = flags.Next();
            var argument = owner is not null && open.DeclaringMethod is null
                && open.GenericParameterPosition < owner._arguments.Length ? owner._arguments[open.GenericParameterPosition] : null;
            return argument is null ? new NullableShape(closed, !closed.IsValueType, [])
                : flag == 1 || closed.IsValueType ? argument
                : new NullableShape(closed, allowsNull: true, argument._arguments);
        }

        if (open.IsArray)
        {
            var allowsNull = flags.Next() != 1;
            return new NullableShape(closed, allowsNull, [Read(open.GetElementType()!, closed.GetElementType()!, flags, owner)]);
        }

        var refuses = (!closed.IsValueType || closed.IsGenericType) && flags.Next() == 1;
        var (inner, types) = (open.GetGenericArguments(), closed.GetGenericArguments());
        return new NullableShape(closed, closed.IsValueType
            ? Nullable.GetUnderlyingType(closed) is not null
            : !refuses, [.. inner.Select((type, index) => Read(type, types[index], flags, owner))]);
    }
}

/// <summary>Reads the bytes of the compiler's NullableAttribute one after the other: 0 is unknown, 1 refuses null, 2 allows it.</summary>
internal sealed class NullableFlags(byte[]? bytes, byte otherwise)
{
    private int _next;

    public byte Next() => bytes is null ? otherwise : _next < bytes.Length ? bytes[_next++] : (byte)0;

    /// <summary>Returns the annotation of a member, or that of the nearest scope around it.</summary>
    public static NullableFlags Of(object member, IEnumerable<MemberInfo> around)
    {
        var data = member is ParameterInfo parameter ? parameter.GetCustomAttributesData() : ((MemberInfo)member).GetCustomAttributesData();
        return Value(data, "System.Runtime.CompilerServices.NullableAttribute") switch
        {
            byte one => new(null, one),
            IEnumerable<CustomAttributeTypedArgument> many => new([.. many.Select(item => (byte)item.Value!)], 0),
            _ => new(null, around.Select(outer => Value(outer.GetCustomAttributesData(), "System.Runtime.CompilerServices.NullableContextAttribute"))
                .OfType<byte>().FirstOrDefault()),
        };
    }

    public static IEnumerable<MemberInfo> Around(Type? type)
    {
        for (; type is not null; type = type.DeclaringType)
        {
            yield return type;
        }
    }

    private static object? Value(IList<CustomAttributeData> attributes, string name) =>
        attributes.FirstOrDefault(attribute => attribute.AttributeType.FullName == name)?.ConstructorArguments[0].Value;
}
