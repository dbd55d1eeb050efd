using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Carafe.Data.Paging;

/// <summary>Writes pages under the name of their list, and reads what it wrote.</summary>
internal sealed class PagedJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Paged<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()), options)!;

    private sealed class Converter<T>(JsonSerializerOptions made) : JsonConverter<Paged<T>>
    {
        private readonly string _list = ListNameAttribute.NameOf(typeof(T));
        private readonly string _total = Name(nameof(Paged<>.Total), made);
        private readonly string _page = Name(nameof(Paged<>.Page), made);
        private readonly string _pages = Name(nameof(Paged<>.Pages), made);
        private readonly string _next = Name(nameof(Paged<>.Next), made);
        private readonly bool _writesText = made.NumberHandling.HasFlag(JsonNumberHandling.WriteAsString);
        private JsonTypeInfo<IReadOnlyList<T>>? _items;

        public override Paged<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var page = document.RootElement;
            return new Paged<T>(page.GetProperty(_list).Deserialize<T[]>(options)!)
            {
                Total = page.TryGetProperty(_total, out var total) ? total.Deserialize<long?>(options) : null,
                Page = page.TryGetProperty(_page, out var number) ? number.Deserialize<int?>(options) : null,
                Pages = page.TryGetProperty(_pages, out var pages) ? pages.Deserialize<long?>(options) : null,
                Next = page.TryGetProperty(_next, out var next) ? next.GetString() : null,
            };
        }

        public override void Write(Utf8JsonWriter writer, Paged<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WritePropertyName(_list);
            JsonSerializer.Serialize(writer, value.Items, _items ??= (JsonTypeInfo<IReadOnlyList<T>>)options.GetTypeInfo(typeof(IReadOnlyList<T>)));
            if (value.Total is { } total)
            {
                WriteNumber(writer, _total, total);
            }

            if (value.Page is { } page)
            {
                WriteNumber(writer, _page, page);
                if (value.Pages is { } pages)
                {
                    WriteNumber(writer, _pages, pages);
                }
            }
            else if (value.Offset is null && (value.Next is not null || options.DefaultIgnoreCondition != JsonIgnoreCondition.WhenWritingNull))
            {
                writer.WriteString(_next, value.Next);
            }

            writer.WriteEndObject();
        }

        private void WriteNumber(Utf8JsonWriter writer, string name, long number)
        {
            if (_writesText)
            {
                writer.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                writer.WriteNumber(name, number);
            }
        }

        private static string Name(string member, JsonSerializerOptions options) => options.PropertyNamingPolicy?.ConvertName(member) ?? member;
    }
}
