using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Carafe.Errors;
using Carafe.Json;
using Carafe.Validation;

namespace Carafe.Binding;

/// <summary>
/// Walks a well-formed body beside the type that did not accept it and finds every error. It runs only after the platform's binder has refused the body,
/// so it decides nothing: it explains.
/// </summary>
internal sealed partial class JsonErrorWalker(JsonSerializerOptions options, ValidationErrors errors, bool partial = false)
{
    public void Read(ref Utf8JsonReader reader, JsonTypeInfo type, NullableShape shape, string path)
    {
        (type, shape) = Nullable.GetUnderlyingType(type.Type) is { } underlying ? (options.GetTypeInfo(underlying), shape.WithoutNullable) : (type, shape);
        if (errors.Full)
        {
            reader.Skip();
        }
        else if (type is { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: { } choice })
        {
            ReadOneOf(ref reader, type, choice, shape, path);
        }
        else if (type.Kind == JsonTypeInfoKind.Object)
        {
            ReadObject(ref reader, type, shape, path);
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && type.ElementType is { } element)
        {
            ReadList(ref reader, options.GetTypeInfo(element), shape.Element, path);
        }
        else if (type.Kind == JsonTypeInfoKind.Dictionary && type.ElementType is { } value)
        {
            ReadDictionary(ref reader, options.GetTypeInfo(value), shape.Element, path);
        }
        else
        {
            ReadValue(ref reader, type, path);
        }
    }

    private void ReadObject(ref Utf8JsonReader reader, JsonTypeInfo type, NullableShape shape, string path, string? discriminator = null)
    {
        if (!Expect(ref reader, JsonTokenType.StartObject, path, JsonErrorMessages.Object))
        {
            return;
        }

        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            var at = ErrorPath.Join(path, name);
            var property = type.Properties.FirstOrDefault(property => property.Name == name && !property.IsExtensionData);
            reader.Read();
            if (!seen.Add(name))
            {
                errors.Add(at, JsonErrorMessages.Twice);
                reader.Skip();
            }
            else if (property is null || name == discriminator)
            {
                if (name != discriminator && (type.UnmappedMemberHandling ?? options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow
                    && !type.Properties.Any(other => other.IsExtensionData))
                {
                    errors.Add(at, JsonErrorMessages.Unknown);
                }

                reader.Skip();
            }
            else
            {
                ReadMember(ref reader, property, shape, at);
            }
        }

        foreach (var missing in type.Properties.Where(property => !partial && IsRequired(property) && !seen.Contains(property.Name)))
        {
            errors.Add(ErrorPath.Join(path, missing.Name), JsonErrorMessages.Required);
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, JsonPropertyInfo property, NullableShape owner, string path)
    {
        var member = property.AttributeProvider as MemberInfo;
        var shape = member is null ? NullableShape.Of(property.PropertyType) : owner.Member(member);
        if (reader.TokenType == JsonTokenType.Null)
        {
            if (!AllowsNull(property, member, shape) && !(partial && !IsRequired(property)))
            {
                errors.Add(path, JsonErrorMessages.NotNull);
            }
            else
            {
                CheckRules(property, null, path);
            }
        }
        else if (property.CustomConverter is not null || (property.Set is null && property.AssociatedParameter is null))
        {
            // A member's own converter cannot run alone; the binder's exception names the member if it was this one.
            reader.Skip();
        }
        else
        {
            var start = reader;
            var type = options.GetTypeInfo(property.PropertyType);
            Read(ref reader, type, shape, path);
            if (type.Kind == JsonTypeInfoKind.None && !errors.Has(path))
            {
                CheckRules(property, JsonSerializer.Deserialize(ref start, type), path);
            }
        }
    }

    private void CheckRules(JsonPropertyInfo property, object? value, string path)
    {
        foreach (var text in property.AttributeProvider is { } member ? ValidationMessages.Broken(member, value, options) : [])
        {
            errors.Add(path, text);
        }
    }

    private void ReadList(ref Utf8JsonReader reader, JsonTypeInfo element, NullableShape shape, string path)
    {
        if (!Expect(ref reader, JsonTokenType.StartArray, path, JsonErrorMessages.List))
        {
            return;
        }

        // A patch replaces a list as a whole, so its elements are complete.
        var walker = partial ? new JsonErrorWalker(options, errors) : this;
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            walker.ReadElement(ref reader, element, shape, $"{path}[{index}]");
        }
    }

    private void ReadDictionary(ref Utf8JsonReader reader, JsonTypeInfo value, NullableShape shape, string path)
    {
        if (!Expect(ref reader, JsonTokenType.StartObject, path, JsonErrorMessages.Object))
        {
            return;
        }

        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = ErrorPath.Join(path, Text(ref reader));
            reader.Read();
            if (!seen.Add(at))
            {
                errors.Add(at, JsonErrorMessages.Twice);
            }

            ReadElement(ref reader, value, shape, at);
        }
    }

    private void ReadElement(ref Utf8JsonReader reader, JsonTypeInfo type, NullableShape shape, string path)
    {
        if (reader.TokenType != JsonTokenType.Null)
        {
            Read(ref reader, type, shape, path);
        }
        else if (!shape.AllowsNull && !partial)
        {
            errors.Add(path, JsonErrorMessages.NotNull);
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, JsonTypeInfo type, string path)
    {
        var start = reader;
        try
        {
            JsonSerializer.Deserialize(ref reader, type);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            reader = start;
            var inner = ErrorPath.Read((exception as JsonException)?.Path);
            errors.Add(inner.Length == 0
                ? path
                : ErrorPath.Join(path, inner), inner.Length == 0 ? JsonErrorMessages.Wrong(type.Type, ref start, options) : JsonErrorMessages.Invalid);
            reader.Skip();
        }
    }

    private bool Expect(ref Utf8JsonReader reader, JsonTokenType token, string path, string text)
    {
        if (reader.TokenType == token)
        {
            return true;
        }

        errors.Add(path, text);
        reader.Skip();
        return false;
    }

    private bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired
            || (options.RespectRequiredConstructorParameters && property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false });

    private static bool AllowsNull(JsonPropertyInfo property, MemberInfo? member, NullableShape shape) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null
        : property.IsSetNullable && (shape.AllowsNull || member is null || !NullableShape.IsOpen(member));

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }
}
