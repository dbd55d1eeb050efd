using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Carafe.Data.Paging;

/// <summary>Writes pages under the name of their list, and reads what it wrote.</summary>
internal sealed class PagedJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Paged<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Paged<T>>
    {
        private readonly string _list = ListNameAttribute.NameOf(typeof(T));
        private JsonTypeInfo<IReadOnlyList<T>>? _items;

        public override Paged<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var page = document.RootElement;
            return new Paged<T>(page.GetProperty(_list).Deserialize<T[]>(options)!)
            {
                Total = page.TryGetProperty("total", out var total) ? total.GetInt64() : null,
                Page = page.TryGetProperty("page", out var number) ? number.GetInt32() : null,
                Pages = page.TryGetProperty("pages", out var pages) ? pages.GetInt64() : null,
                Next = page.TryGetProperty("next", out var next) ? next.GetString() : null,
            };
        }

        public override void Write(Utf8JsonWriter writer, Paged<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WritePropertyName(_list);
            JsonSerializer.Serialize(writer, value.Items, _items ??= (JsonTypeInfo<IReadOnlyList<T>>)options.GetTypeInfo(typeof(IReadOnlyList<T>)));
            if (value.Total is { } total)
            {
                writer.WriteNumber("total", total);
            }

            if (value.Page is { } page)
            {
                writer.WriteNumber("page", page);
                if (value.Pages is { } pages)
                {
                    writer.WriteNumber("pages", pages);
                }
            }
            else if (value.Offset is null)
            {
                writer.WriteString("next", value.Next);
            }

            writer.WriteEndObject();
        }
    }
}
