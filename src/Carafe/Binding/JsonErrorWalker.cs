using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carafe.Errors;
using Carafe.Validation;

namespace Carafe.Binding;

/// <summary>
/// Walks a well-formed body beside the type that did not take it and finds every fault. It runs only after the platform's binder has refused the body, so it
/// decides nothing: it explains.
/// </summary>
internal sealed class JsonErrorWalker(JsonSerializerOptions options, ValidationErrors faults, bool partial = false)
{
    public void Read(ref Utf8JsonReader reader, JsonTypeInfo type, string path)
    {
        if (faults.Full)
        {
            reader.Skip();
        }
        else if (reader.TokenType == JsonTokenType.Null && type.Kind is not JsonTypeInfoKind.None)
        {
            // Whether null is allowed is a matter of the member, which has said so already.
        }
        else if (type.Kind == JsonTypeInfoKind.Object && type.PolymorphismOptions is null)
        {
            ReadObject(ref reader, type, path);
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && type.ElementType is { } element)
        {
            ReadList(ref reader, options.GetTypeInfo(element), path);
        }
        else if (type.Kind == JsonTypeInfoKind.Dictionary && type.ElementType is { } value)
        {
            ReadDictionary(ref reader, options.GetTypeInfo(value), path);
        }
        else
        {
            ReadValue(ref reader, type, path);
        }
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void ReadObject(ref Utf8JsonReader reader, JsonTypeInfo type, string path)
    {
        if (!Expect(ref reader, JsonTokenType.StartObject, path, JsonErrorMessages.Object))
        {
            return;
        }

        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            var at = Join(path, name);
            var property = type.Properties.FirstOrDefault(property => property.Name == name && !property.IsExtensionData);
            reader.Read();
            if (!seen.Add(name))
            {
                faults.Add(at, JsonErrorMessages.Twice);
                reader.Skip();
            }
            else if (property is null)
            {
                if (!type.Properties.Any(other => other.IsExtensionData))
                {
                    faults.Add(at, JsonErrorMessages.Unknown);
                }

                reader.Skip();
            }
            else
            {
                ReadMember(ref reader, property, at);
            }
        }

        foreach (var missing in type.Properties.Where(property => !partial && IsRequired(property) && !seen.Contains(property.Name)))
        {
            faults.Add(Join(path, missing.Name), JsonErrorMessages.Required);
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, JsonPropertyInfo property, string path)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            if (!AllowsNull(property) && !(partial && !IsRequired(property)))
            {
                faults.Add(path, JsonErrorMessages.NotNull);
            }
            else
            {
                CheckRules(property, null, path);
            }
        }
        else if (property.CustomConverter is not null || (property.Set is null && property.AssociatedParameter is null))
        {
            // A converter of the member's own cannot be asked alone; the binder's exception names the member if it was this one.
            reader.Skip();
        }
        else
        {
            var start = reader;
            var type = options.GetTypeInfo(property.PropertyType);
            Read(ref reader, type, path);
            if (type.Kind == JsonTypeInfoKind.None && !faults.Has(path))
            {
                CheckRules(property, JsonSerializer.Deserialize(ref start, type), path);
            }
        }
    }

    private void CheckRules(JsonPropertyInfo property, object? value, string path)
    {
        foreach (var text in property.AttributeProvider is { } member ? ValidationMessages.Broken(member, value, options) : [])
        {
            faults.Add(path, text);
        }
    }

    private void ReadList(ref Utf8JsonReader reader, JsonTypeInfo element, string path)
    {
        if (!Expect(ref reader, JsonTokenType.StartArray, path, JsonErrorMessages.List))
        {
            return;
        }

        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            // A patch replaces a list as a whole, so that its elements are complete.
            (partial ? new JsonErrorWalker(options, faults) : this).Read(ref reader, element, $"{path}[{index}]");
        }
    }

    private void ReadDictionary(ref Utf8JsonReader reader, JsonTypeInfo value, string path)
    {
        if (!Expect(ref reader, JsonTokenType.StartObject, path, JsonErrorMessages.Object))
        {
            return;
        }

        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = Join(path, Name(ref reader));
            reader.Read();
            if (!seen.Add(at))
            {
                faults.Add(at, JsonErrorMessages.Twice);
            }

            Read(ref reader, value, at);
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
            var inner = JsonPath.Read((exception as JsonException)?.Path);
            faults.Add(inner.Length == 0 ? path : Join(path, inner), inner.Length == 0 ? JsonErrorMessages.Wrong(type.Type, ref start) : JsonErrorMessages.Invalid);
            reader.Skip();
        }
    }

    private bool Expect(ref Utf8JsonReader reader, JsonTokenType token, string path, string text)
    {
        if (reader.TokenType == token)
        {
            return true;
        }

        faults.Add(path, text);
        reader.Skip();
        return false;
    }

    private bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || (options.RespectRequiredConstructorParameters && property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false });

    private static bool AllowsNull(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsSetNullable;

    private static string Name(ref Utf8JsonReader reader)
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
