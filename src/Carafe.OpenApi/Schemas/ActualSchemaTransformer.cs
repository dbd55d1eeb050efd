using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>Makes schemas say what is on the wire where a converter hides it from the platform.</summary>
internal sealed class ActualSchemaTransformer : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var declared = context.JsonTypeInfo.Type;
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (typeof(IJsonShape).IsAssignableFrom(type))
        {
            await ShapeAsync(schema, Members(type), context, cancellationToken);
            return;
        }

        if (schema.Type is null or JsonSchemaType.Null && KindOf(type) is { } kind)
        {
            schema.Type = kind | (schema.Type ?? 0) | (MayBeNull(context) ? JsonSchemaType.Null : 0);
        }

        if (context.JsonTypeInfo is { ElementType: { } element, Kind: var holds and (JsonTypeInfoKind.Dictionary or JsonTypeInfoKind.Enumerable) })
        {
            await ElementAsync(schema, holds, element, context, cancellationToken);
        }

        schema.Format = type == typeof(decimal) ? "decimal" : schema.Format;
        foreach (var rule in context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true) ?? [])
        {
            Apply(schema, rule);
        }
    }

    // Rules of which the platform says nothing.
    private static void Apply(OpenApiSchema schema, object rule)
    {
        switch (rule)
        {
            case EmailAttribute:
                schema.Format = "email";
                break;
            case HttpUrlAttribute:
                schema.Format = "uri";
                schema.MaxLength = 2048;
                break;
            case AllowedValuesAttribute allowed:
                schema.Enum = [.. allowed.Values.Select(value => JsonSerializer.SerializeToNode(value)!)];
                break;
        }
    }

    private static async Task ElementAsync(OpenApiSchema schema, JsonTypeInfoKind kind, Type element, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (kind == JsonTypeInfoKind.Dictionary && schema.AdditionalProperties is null or OpenApiSchema { Type: null, Properties: null, AnyOf: null, OneOf: null })
        {
            schema.AdditionalProperties = await context.GetOrCreateSchemaAsync(element, null, cancellationToken);
        }
        else if (kind == JsonTypeInfoKind.Enumerable && schema.Items is null or OpenApiSchema { Type: null, Properties: null, AnyOf: null, OneOf: null })
        {
            schema.Items = await context.GetOrCreateSchemaAsync(element, null, cancellationToken);
        }
    }

    // Of a type with a converter the platform knows nothing, its nullability included.
    private static bool MayBeNull(OpenApiSchemaTransformerContext context) =>
        context.ParameterDescription is null && (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is not null || context.JsonPropertyInfo is { IsGetNullable: true, PropertyType.IsValueType: false });

    private static JsonSchemaType? KindOf(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => JsonSchemaType.String,
        TypeCode.String or TypeCode.Char => JsonSchemaType.String,
        TypeCode.Boolean => JsonSchemaType.Boolean,
        TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 => JsonSchemaType.Integer,
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => JsonSchemaType.Number,
        _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(Guid) || type == typeof(Uri) => JsonSchemaType.String,
        _ => null,
    };

    private static async Task ShapeAsync(OpenApiSchema schema, IReadOnlyList<JsonMember> members, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
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
            schema.Properties[member.Name] = value;
        }
    }

    private static IReadOnlyList<JsonMember> Members(Type type) => (IReadOnlyList<JsonMember>)type.GetInterfaceMap(typeof(IJsonShape)).TargetMethods[0].Invoke(null, null)!;
}
