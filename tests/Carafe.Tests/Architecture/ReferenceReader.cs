using System.Reflection;
using System.Reflection.Emit;

namespace Carafe.Tests.Architecture;

/// <summary>Lists the types that a declaration or a method's code refers to.</summary>
internal static class ReferenceReader
{
    public const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<ushort, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (ushort)code.Value);

    public static IEnumerable<Type> InDeclaration(Type type) =>
        Parts([type.BaseType, .. type.GetInterfaces(), .. Constraints(type.GetGenericArguments()), .. Attributes(type)])
            .Concat(type.GetFields(All).SelectMany(field => Parts([field.FieldType, .. Attributes(field)])))
            .Concat(type.GetProperties(All).SelectMany(property => Parts([property.PropertyType, .. Attributes(property)])));

    public static IEnumerable<Type> InMethod(MethodBase method) =>
        Parts([.. Attributes(method), .. method.GetParameters().SelectMany(Attributes)])
            .Concat(Parts(method.GetParameters().Select(parameter => parameter.ParameterType)))
            .Concat(Parts([(method as MethodInfo)?.ReturnType]))
            .Concat(Parts(method.IsGenericMethodDefinition ? Constraints(method.GetGenericArguments()) : []))
            .Concat(Parts(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []))
            .Concat(Code(method));

    private static IEnumerable<Type?> Constraints(IEnumerable<Type> arguments) =>
        arguments.Where(argument => argument.IsGenericParameter).SelectMany(argument => argument.GetGenericParameterConstraints());

    private static IEnumerable<Type?> Attributes(MemberInfo member) => Attributes(member.GetCustomAttributesData());

    private static IEnumerable<Type?> Attributes(ParameterInfo parameter) => Attributes(parameter.GetCustomAttributesData());

    private static IEnumerable<Type?> Attributes(IEnumerable<CustomAttributeData> attributes) => attributes.SelectMany(attribute =>
        attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(argument => argument.TypedValue))
            .Select(argument => argument.Value as Type)
            .Prepend(attribute.AttributeType));

    private static IEnumerable<Type> Code(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            ushort value = code[at++];
            var instruction = OpCodesByValue[value == 0xFE ? (ushort)(0xFE00 | code[at++]) : value];
            if (instruction.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                foreach (var used in Parts(Member(method, BitConverter.ToInt32(code, at))))
                {
                    yield return used;
                }
            }

            at += OperandSize(instruction.OperandType, code, at);
        }
    }

    private static IEnumerable<Type?> Member(MethodBase method, int token)
    {
        var member = method.Module.ResolveMember(token, TypeArguments(method), method is MethodInfo ? method.GetGenericArguments() : null);
        return member switch
        {
            Type type => [type],
            FieldInfo field => [field.DeclaringType, field.FieldType],
            MethodInfo called => [called.DeclaringType, .. called.GetGenericArguments()],
            _ => [member?.DeclaringType],
        };
    }

    private static Type[]? TypeArguments(MethodBase method) => method.DeclaringType?.GetGenericArguments();

    private static int OperandSize(OperandType type, byte[] code, int at) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    // A type, its element type, and the arguments of a generic type.
    private static IEnumerable<Type> Parts(IEnumerable<Type?> types) => types.OfType<Type>().SelectMany(type =>
        type.HasElementType ? Parts([type.GetElementType()])
        : type.IsGenericParameter ? []
        : type.IsGenericType ? Parts(type.GetGenericArguments()).Prepend(type.GetGenericTypeDefinition())
        : (IEnumerable<Type>)[type]);
}
