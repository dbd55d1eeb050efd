using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carafe.Errors;
using Carafe.Json;
using Carafe.Validation;

namespace Carafe.Binding;

internal sealed partial class JsonErrorWalker
{
    private void ReadOneOf(ref Utf8JsonReader reader, JsonTypeInfo type, JsonPolymorphismOptions choice, NullableShape shape, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Expect(ref reader, JsonTokenType.StartObject, path, JsonErrorMessages.Object);
            return;
        }

        var name = choice.TypeDiscriminatorPropertyName;
        var sent = Discriminator(reader, name);
        var derived = choice.DerivedTypes.FirstOrDefault(derived => derived.TypeDiscriminator is { } known && known.Equals(sent)).DerivedType;
        if (derived is not null)
        {
            ReadObject(ref reader, options.GetTypeInfo(derived), derived == shape.Type ? shape : NullableShape.Of(derived), path, name);
        }
        else if (sent is null && !type.Type.IsAbstract)
        {
            ReadObject(ref reader, type, shape, path);
        }
        else
        {
            errors.Add(ErrorPath.Join(path, name), sent is null ? JsonErrorMessages.Required
                : $"must be one of: {string.Join(", ", choice.DerivedTypes.Select(derived => derived.TypeDiscriminator).Where(known => known is not null))}");
            reader.Skip();
        }
    }

    // A copy of the reader: the object is still to be read.
    private static object? Discriminator(Utf8JsonReader reader, string name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.String ? Text(ref reader) : reader.TokenType == JsonTokenType.Number
                    && reader.TryGetInt32(out var number) ? number : reader.TokenType;
            }

            reader.Skip();
        }

        return null;
    }
}
