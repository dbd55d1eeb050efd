using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Carafe.Json;

namespace Carafe.Validation;

/// <summary>Replaces the default messages of the platform's attributes by ones that suit every caller. A message that the app wrote itself is kept.</summary>
internal static class ValidationMessages
{
    public static string Read(ICustomAttributeProvider member, string message, JsonSerializerOptions json)
    {
        var (name, type, validators) = Describe(member);
        var broken = validators.FirstOrDefault(validator => IsStandard(validator) && validator.FormatErrorMessage(name) == message);
        return broken is null ? message : Say(broken, type, json) ?? message;
    }

    /// <summary>Returns the messages of the attributes that a value violates, for a body that could not be read as a whole.</summary>
    public static IEnumerable<string> Broken(ICustomAttributeProvider member, object? value, JsonSerializerOptions json)
    {
        var (name, _, validators) = Describe(member);
        return validators.Where(validator => !validator.RequiresValidationContext && !validator.IsValid(value))
            .Select(validator => Read(member, validator.FormatErrorMessage(name), json)).Distinct();
    }

    // Two of the platform's attributes report their default text as if the app had written it.
    private static bool IsStandard(ValidationAttribute validator) => validator.ErrorMessageResourceName is null && validator.ErrorMessage == validator switch
    {
        AllowedValuesAttribute => new AllowedValuesAttribute().ErrorMessage,
        DeniedValuesAttribute => new DeniedValuesAttribute().ErrorMessage,
        _ => null,
    };

    private static string? Say(ValidationAttribute validator, Type type, JsonSerializerOptions json) => validator switch
    {
        RequiredAttribute => JsonErrorMessages.Required,
        StringLengthAttribute { MinimumLength: 0 } length => AtMost(length.MaximumLength, type),
        StringLengthAttribute length => Between(length.MinimumLength, length.MaximumLength, type),
        LengthAttribute length => Between(length.MinimumLength, length.MaximumLength, type),
        MaxLengthAttribute length => AtMost(length.Length, type),
        MinLengthAttribute length => $"must have at least {length.Length} {Unit(length.Length, type)}",
        RangeAttribute range => Range(range),
        EmailAddressAttribute => "must be an e-mail address, such as ada@example.com",
        UrlAttribute => "must be a URL, such as https://example.com/",
        PhoneAttribute => "must be a phone number",
        Base64StringAttribute => "must be Base64 text",
        CompareAttribute compare => $"must be the same as {json.PropertyNamingPolicy?.ConvertName(compare.OtherProperty) ?? compare.OtherProperty}",
        AllowedValuesAttribute allowed => $"must be one of: {string.Join(", ", allowed.Values)}",
        DeniedValuesAttribute => "must not be this value",
        RegularExpressionAttribute => "does not have the required format",
        _ => null,
    };

    private static string Between(int least, int most, Type type) =>
        least == most ? $"must have exactly {least} {Unit(least, type)}" : $"must have {least} to {most} {Unit(most, type)}";

    private static string AtMost(int most, Type type) => $"must have at most {most} {Unit(most, type)}";

    private static string Unit(int count, Type type) =>
        (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) ? "element" : "character") + (count == 1 ? "" : "s");

    private static string Range(RangeAttribute range)
    {
        var (least, most) = (Convert.ToString(range.Minimum, CultureInfo.InvariantCulture), Convert.ToString(range.Maximum, CultureInfo.InvariantCulture));
        return IsOpen(range.Maximum) ? range.MinimumIsExclusive ? $"must be greater than {least}" : $"must be at least {least}"
            : IsOpen(range.Minimum) ? range.MaximumIsExclusive ? $"must be less than {most}" : $"must be at most {most}"
            : $"must be from {least} to {most}" + (range.MinimumIsExclusive || range.MaximumIsExclusive ? ", bounds excluded" : "");
    }

    private static bool IsOpen(object bound) =>
        bound is int.MaxValue or int.MinValue or double.MaxValue or double.MinValue or double.PositiveInfinity or double.NegativeInfinity
            || bound.Equals(decimal.MaxValue);

    private static (string Name, Type Type, IEnumerable<ValidationAttribute> Rules) Describe(ICustomAttributeProvider member)
    {
        var (name, type) = member switch
        {
            PropertyInfo property => (property.Name, property.PropertyType),
            FieldInfo field => (field.Name, field.FieldType),
            ParameterInfo parameter => (parameter.Name!, parameter.ParameterType),
            _ => ("", typeof(object)),
        };
        var attributes = member.GetCustomAttributes(inherit: true);
        // A record's attributes may stand on the parameter of its constructor.
        if (member is PropertyInfo { DeclaringType: { } owner })
        {
            attributes = [.. attributes, .. owner.GetConstructors().SelectMany(constructor => constructor.GetParameters())
                .Where(parameter => parameter.Name == name).SelectMany(parameter => parameter.GetCustomAttributes(inherit: true))];
        }

        return (attributes.OfType<DisplayAttribute>().FirstOrDefault()?.GetName() ?? name, type, attributes.OfType<ValidationAttribute>());
    }
}
