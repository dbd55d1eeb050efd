using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>
/// Says validation attributes in keywords of JSON Schema, wherever they stand: on a member, on the constructor's parameter that makes it, on a handler's
/// parameter.
/// </summary>
internal static class ValidationKeywords
{
    public static void Apply(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        foreach (var attribute in Rules(context))
        {
            Apply(schema, attribute);
        }
    }

    private static IEnumerable<ValidationAttribute> Rules(OpenApiSchemaTransformerContext context)
    {
        if (context.JsonPropertyInfo is { } member)
        {
            return Of(member.AttributeProvider).Concat(Of(member.AssociatedParameter?.AttributeProvider));
        }

        var descriptor = context.ParameterDescription?.ParameterDescriptor;
        return descriptor is Microsoft.AspNetCore.Mvc.Infrastructure.IParameterInfoParameterDescriptor { ParameterInfo: { } parameter } ? Of(parameter) : [];
    }

    private static IEnumerable<ValidationAttribute> Of(ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>() ?? [];

    private static void Apply(OpenApiSchema schema, ValidationAttribute attribute)
    {
        switch (attribute)
        {
            case StringLengthAttribute length:
                Lengths(schema, length.MinimumLength, length.MaximumLength);
                break;
            case LengthAttribute length:
                Lengths(schema, length.MinimumLength, length.MaximumLength);
                break;
            case MaxLengthAttribute { Length: > 0 } most:
                Lengths(schema, null, most.Length);
                break;
            case MinLengthAttribute least:
                Lengths(schema, least.Length, null);
                break;
            case RangeAttribute range:
                Range(schema, range);
                break;
            case AllowedValuesAttribute allowed:
                schema.Enum = [.. allowed.Values.Select(value => JsonSerializer.SerializeToNode(value)!)];
                break;
            case HttpUrlAttribute:
                (schema.Format, schema.MaxLength) = ("uri", 2048);
                break;
            case UrlAttribute:
                schema.Format = "uri";
                break;
            case EmailAddressAttribute:
                schema.Format = "email";
                break;
            case Base64StringAttribute:
                schema.Format = "byte";
                break;
            case RegularExpressionAttribute expression:
                schema.Pattern = expression.Pattern;
                schema.Format = attribute is EmailAttribute ? "email" : schema.Format;
                break;
        }
    }

    private static void Lengths(OpenApiSchema schema, int? least, int? most)
    {
        least = least == 0 ? null : least;
        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true)
        {
            (schema.MinItems, schema.MaxItems) = (least ?? schema.MinItems, most ?? schema.MaxItems);
        }
        else
        {
            (schema.MinLength, schema.MaxLength) = (least ?? schema.MinLength, most ?? schema.MaxLength);
        }
    }

    private static void Range(OpenApiSchema schema, RangeAttribute range)
    {
        if (schema.Type?.HasFlag(JsonSchemaType.String) == true)
        {
            return;
        }

        var (least, most) = (Number(range.Minimum), Number(range.Maximum));
        schema.Minimum = range.MinimumIsExclusive ? null : least;
        schema.ExclusiveMinimum = range.MinimumIsExclusive ? least : null;
        schema.Maximum = range.MaximumIsExclusive ? null : most;
        schema.ExclusiveMaximum = range.MaximumIsExclusive ? most : null;
    }

    // A bound may be an infinity, which is none, or text in the attribute's culture.
    private static string? Number(object? bound) => bound switch
    {
        double infinite when !double.IsFinite(infinite) => null,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        string text when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) =>
        number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
