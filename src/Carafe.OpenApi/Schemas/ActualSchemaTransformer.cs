using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Carafe.Json;
using Carafe.Validation;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>Makes schemas say what is on the wire where a converter, an attribute or the compiler's knowledge of null hides it from the platform.</summary>
internal sealed class ActualSchemaTransformer(Func<JsonTypeInfo, string?> nameOf) : IOpenApiSchemaTransformer
{
    // By which the platform remembers to write null beside a reference.
    private const string NullableReference = "x-is-nullable-property";

    // By which it knows a schema that is written once, under this name.
    private const string Name = "x-schema-id";

    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var info = context.JsonTypeInfo;
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        if (typeof(IJsonShape).IsAssignableFrom(type))
        {
            await ShapeAsync(schema, Members(type), context, cancellationToken);
            return;
        }

        if (info.Kind == JsonTypeInfoKind.Object && JsonTypeModifier.MayOmitNull(info.Options))
        {
            // The platform requires every parameter of a constructor.
            schema.Required = info.Properties.Where(member => member.IsRequired).Select(member => member.Name).ToHashSet();
        }

        if (Describe(schema, info, context.ParameterDescription is not null) && MayBeNull(context))
        {
            AllowNull(schema, type);
        }

        if (info is { ElementType: { } element, Kind: JsonTypeInfoKind.Dictionary or JsonTypeInfoKind.Enumerable })
        {
            await ElementAsync(schema, info.Kind, element, context, cancellationToken);
        }

        if (context.JsonPropertyInfo is { AttributeProvider: MemberInfo { DeclaringType: { } owner } member })
        {
            Nulls(schema, info, member, NullableShape.Of(owner).Member(member));
        }

        ValidationKeywords.Apply(schema, context);
    }

    private bool Describe(OpenApiSchema schema, JsonTypeInfo info, bool isParameter = false)
    {
        if (!SimpleSchema.Describe(schema, info, isParameter))
        {
            return false;
        }

        if ((Nullable.GetUnderlyingType(info.Type) ?? info.Type).IsEnum && nameOf(info) is { } name)
        {
            // A default is one member's, not the enum's.
            schema.Default = null;
            (schema.Metadata ??= new Dictionary<string, object>())[Name] = name;
        }

        return true;
    }

    // The platform takes a member of a type parameter's type for nullable, and elements for anything but.
    private static void Nulls(OpenApiSchema schema, JsonTypeInfo info, MemberInfo member, NullableShape shape)
    {
        if (NullableShape.IsOpen(member) && !shape.AllowsNull)
        {
            schema.Type &= ~JsonSchemaType.Null;
            schema.Metadata?.Remove(NullableReference);
        }

        if (info.ElementType is { IsValueType: false } && shape.WithoutNullable.Element.AllowsNull)
        {
            AllowNull(info.Kind == JsonTypeInfoKind.Dictionary ? schema.AdditionalProperties : schema.Items);
        }
    }

    // An enum is a schema with a name, which others use who do not take null.
    private static void AllowNull(OpenApiSchema schema, Type type)
    {
        if (type.IsEnum)
        {
            (schema.Metadata ??= new Dictionary<string, object>())[NullableReference] = true;
        }
        else
        {
            schema.Type |= JsonSchemaType.Null;
        }
    }

    private static void AllowNull(IOpenApiSchema? element)
    {
        if (element is OpenApiSchema { Type: { } type } own && own.Properties is null or { Count: 0 })
        {
            own.Type = type | JsonSchemaType.Null;
        }
    }

    private async Task ElementAsync(OpenApiSchema schema, JsonTypeInfoKind kind, Type element, OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken)
    {
        var existing = kind == JsonTypeInfoKind.Dictionary ? schema.AdditionalProperties : schema.Items;
        if (existing is not (null or OpenApiSchema { Type: null, Properties: null, AnyOf: null, OneOf: null }))
        {
            return;
        }

        // Only a type that reads itself is left out; any other is there already, and may hold this one.
        var info = context.JsonTypeInfo.Options.GetTypeInfo(element);
        var described = existing as OpenApiSchema ?? new OpenApiSchema();
        if (typeof(IJsonShape).IsAssignableFrom(element))
        {
            described = await context.GetOrCreateSchemaAsync(element, null, cancellationToken);
        }
        else if (!Describe(described, info))
        {
            return;
        }
        else if (Nullable.GetUnderlyingType(element) is not null)
        {
            AllowNull(described, Nullable.GetUnderlyingType(element)!);
        }

        if (kind == JsonTypeInfoKind.Dictionary)
        {
            schema.AdditionalProperties = described;
        }
        else
        {
            schema.Items = described;
        }
    }

    // The platform knows nothing of a type with a converter, its nullability included.
    private static bool MayBeNull(OpenApiSchemaTransformerContext context) =>
        context.JsonPropertyInfo is { } member
            ? Nullable.GetUnderlyingType(member.PropertyType) is not null
            || (!member.PropertyType.IsValueType && (member.IsGetNullable || member.IsSetNullable))
            : context.ParameterDescription is null && Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is not null;

    private static async Task ShapeAsync(OpenApiSchema schema, IReadOnlyList<JsonMember> members, OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Properties = new Dictionary<string, IOpenApiSchema>();
        schema.Required = members.Where(member => member.Required).Select(member => member.Name).ToHashSet();
        schema.AdditionalPropertiesAllowed = false;
        foreach (var member in members)
        {
            var value = await context.GetOrCreateSchemaAsync(member.Type, null, cancellationToken);
            value.Description = member.Description;
            value.Type = member.Nullable ? value.Type | JsonSchemaType.Null : value.Type;
            var policy = context.JsonTypeInfo.Options.PropertyNamingPolicy;
            schema.Properties[member.IsNamedByPolicy && policy is not null ? policy.ConvertName(member.Name) : member.Name] = value;
        }
    }

    private static IReadOnlyList<JsonMember> Members(Type type) =>
        (IReadOnlyList<JsonMember>)type.GetInterfaceMap(typeof(IJsonShape)).TargetMethods[0].Invoke(null, null)!;
}
