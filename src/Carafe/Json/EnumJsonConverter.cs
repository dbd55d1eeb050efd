using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>
/// Reads and writes an enum by the names that the naming policy gives, and nothing else: no numbers, no other case, no names that are not defined. A
/// <c>[Flags]</c> enum is its names separated by a comma and a space, as the platform writes it.
/// </summary>
internal sealed class EnumJsonConverter<TEnum>(JsonNamingPolicy? policy) : JsonConverter<TEnum>
    where TEnum : struct, Enum
{
    private const string Separator = ", ";

    private static readonly bool IsFlags = typeof(TEnum).IsDefined(typeof(FlagsAttribute), inherit: false);

    // Two values of one name are reported at the start, with everything else. Without a start, none of them is read.
    private readonly bool _isAmbiguous = Fields().Select(field => EnumNames.Of(field, policy)).Distinct().Count() < Fields().Length;

    private readonly FrozenDictionary<string, TEnum> _values = Fields().DistinctBy(field => EnumNames.Of(field, policy))
        .ToFrozenDictionary(field => EnumNames.Of(field, policy), field => (TEnum)field.GetValue(null)!);

    private readonly FrozenDictionary<TEnum, string> _names = Fields().DistinctBy(field => field.GetValue(null))
        .ToFrozenDictionary(field => (TEnum)field.GetValue(null)!, field => EnumNames.Of(field, policy));

    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    public override TEnum ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WritePropertyName(Format(value));

    private static FieldInfo[] Fields() => typeof(TEnum).GetFields(BindingFlags.Public | BindingFlags.Static);

    private TEnum Parse(string text)
    {
        if (_isAmbiguous)
        {
            throw new InvalidOperationException($"Two values of {typeof(TEnum).Name} have one name in JSON.");
        }

        if (_values.TryGetValue(text, out var value))
        {
            return value;
        }

        if (!IsFlags)
        {
            throw new JsonException();
        }

        var (bits, seen) = (0UL, new HashSet<TEnum>());
        foreach (var name in text.Split(Separator))
        {
            bits |= _values.TryGetValue(name, out var flag) && seen.Add(flag) ? Bits(flag) : throw new JsonException();
        }

        return (TEnum)Enum.ToObject(typeof(TEnum), bits);
    }

    private string Format(TEnum value)
    {
        if (_names.TryGetValue(value, out var name))
        {
            return name;
        }

        var flags = IsFlags ? _names.Keys.Where(flag => Bits(flag) != 0 && (Bits(value) & Bits(flag)) == Bits(flag)).ToList() : [];
        return flags.Aggregate(0UL, (bits, flag) => bits | Bits(flag)) == Bits(value) && flags.Count > 0
            ? string.Join(Separator, flags.OrderBy(Bits).Select(flag => _names[flag]))
            : throw new JsonException($"{value} is not defined by {typeof(TEnum).Name}.");
    }

    private static ulong Bits(TEnum value) =>
        Enum.GetUnderlyingType(typeof(TEnum)) == typeof(ulong) ? Convert.ToUInt64(value, null) : unchecked((ulong)Convert.ToInt64(value, null));
}

/// <summary>Makes an <see cref="EnumJsonConverter{TEnum}"/> for every enum, by the policy of the conventions or else of the members.</summary>
internal sealed class EnumJsonConverterFactory(JsonConventionOptions conventions) : JsonConverterFactory
{
    public JsonNamingPolicy? Policy(JsonSerializerOptions options) => conventions.EnumPolicy(options);

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(EnumJsonConverter<>).MakeGenericType(typeToConvert), Policy(options))!;
}

internal static class EnumNames
{
    /// <summary>Returns the JSON names of an enum, in the order of their definition.</summary>
    public static IEnumerable<string> Of(Type type, JsonSerializerOptions options)
    {
        var policy = options.Converters.OfType<EnumJsonConverterFactory>().FirstOrDefault() is { } factory ? factory.Policy(options)
            : options.PropertyNamingPolicy;
        return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => Of(field, policy));
    }

    public static string Of(FieldInfo field, JsonNamingPolicy? policy) =>
        field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? policy?.ConvertName(field.Name) ?? field.Name;
}
