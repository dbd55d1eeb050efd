using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Carafe.Errors;
using Carafe.Json;
using Carafe.Validation;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;

namespace Carafe.Binding;

/// <summary>A handler's parameter that is a whole form: its fields are read and named by the rules of JSON, as a parameter of their own would be.</summary>
internal sealed class FormBody(ParameterInfo parameter, string prefix, JsonSerializerOptions json)
{
    private static readonly Type[] Parts = [typeof(IFormFile), typeof(IFormFileCollection), typeof(IReadOnlyList<IFormFile>)];

    public Type Type => parameter.ParameterType;

    public static FormBody? Of(Endpoint endpoint, JsonSerializerOptions json)
    {
        foreach (var bound in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            var type = bound.ParameterInfo.ParameterType;
            if (bound.ParameterInfo.GetCustomAttributes(inherit: true).OfType<IFromFormMetadata>().FirstOrDefault() is { } form
                && !bound.HasTryParse && type != typeof(string) && type != typeof(IFormCollection) && !Parts.Contains(type)
                && !ValidatableTypes.IsCollection(type))
            {
                return new FormBody(bound.ParameterInfo, string.IsNullOrEmpty(form.Name) ? "" : form.Name + ".", json);
            }
        }

        return null;
    }

    /// <summary>Gives the fields as the platform's binder reads them.</summary>
    /// <param name="form">What was sent.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public Dictionary<string, StringValues> Read(IFormCollection form, ValidationErrors errors)
    {
        var read = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, values) in form)
        {
            var (name, type) = Find(key);
            read[name] = type is not null && SimpleTextReader.For(type, json) is { } reader ? Read(key, values, type, reader, errors) : values;
        }

        foreach (var member in Required(parameter.ParameterType))
        {
            var at = prefix + member.Name;
            var sent = ValidatableTypes.Element(member.PropertyType) == typeof(IFormFile) ? form.Files.Select(file => file.Name) : read.Keys;
            var isThere = sent.Any(key => key.StartsWith(at, StringComparison.OrdinalIgnoreCase) && key.AsSpan(at.Length) is [] or ['.' or '[', ..]);
            if (!isThere && Nullable.GetUnderlyingType(member.PropertyType) is not null)
            {
                // The binder knows no default of a constructor's parameter, and takes an empty text for null.
                read[at] = "";
            }
            else if (!isThere)
            {
                errors.Add(prefix + Name(member), JsonErrorMessages.Required);
            }
        }

        return read;
    }

    /// <summary>
    /// Returns the error of a form whose fields could be read and that the platform's binder refused: its message names the member last. Null when it
    /// names none.
    /// </summary>
    public ApiError? ErrorOf(string binderMessage)
    {
        var isMissing = binderMessage.StartsWith("Missing required value", StringComparison.Ordinal);
        if ((!isMissing && !binderMessage.StartsWith("The value '", StringComparison.Ordinal)) || binderMessage.Split('\'') is not [_, .., var name, _])
        {
            return null;
        }

        var errors = new ValidationErrors();
        errors.Add(prefix + (json.PropertyNamingPolicy?.ConvertName(name) ?? name),
            isMissing ? JsonErrorMessages.Required : "is not valid");
        return errors.ToError();
    }

    private StringValues Read(string key, StringValues values, Type type, SimpleTextReader reader, ValidationErrors errors)
    {
        var read = new string?[values.Count];
        for (var index = 0; index < read.Length; index++)
        {
            var text = values[index] ?? "";
            // A browser sends an empty text for a field that nobody filled in.
            read[index] = text.Length == 0 && Nullable.GetUnderlyingType(type) is not null ? text : reader.Read(text);
            if (read[index] is null)
            {
                errors.Add(key, JsonErrorMessages.Wrong(type, text, json));
            }
        }

        return read;
    }

    // items[0].unit_price is Items[0].UnitPrice for the binder.
    private (string Name, Type? Type) Find(string key)
    {
        if (!key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return (key, null);
        }

        Type? type = parameter.ParameterType;
        var names = new List<string>();
        foreach (var segment in key[prefix.Length..].Split('.'))
        {
            var bracket = segment.IndexOf('[', StringComparison.Ordinal);
            var (name, index) = bracket < 0 ? (segment, "") : (segment[..bracket], segment[bracket..]);
            var member = type?.GetProperties().FirstOrDefault(member => Name(member) == name || member.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            names.Add((member?.Name ?? name) + index);
            type = member is null ? null : ValidatableTypes.IsCollection(member.PropertyType) ? ElementOf(member.PropertyType) : member.PropertyType;
        }

        return (prefix + string.Join('.', names), type);
    }

    private static Type ElementOf(Type type) => type.GetElementType() ?? type.GetGenericArguments().LastOrDefault() ?? type;

    private static IEnumerable<PropertyInfo> Required(Type type)
    {
        // A list that a constructor takes is missing where no field of it is sent; the binder makes null of the whole form then.
        var made = type.GetConstructors() is [var constructor]
            ? constructor.GetParameters().Select(parameter => parameter.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase)
            : [];
        return type.GetProperties()
            .Where(member => made.Contains(member.Name) || (member.IsDefined(typeof(RequiredMemberAttribute)) && !IsList(member.PropertyType)));
    }

    private static bool IsList(Type type) => ValidatableTypes.IsCollection(type) && !Parts.Contains(type);

    private string Name(PropertyInfo member) => json.PropertyNamingPolicy?.ConvertName(member.Name) ?? member.Name;
}
