using System.Globalization;
using System.Numerics;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Providers;

/// <summary>Lists the kinds of values that can be converted into each other.</summary>
internal enum ValueKind
{
    Other,
    Boolean,
    Integer,
    Real,
    Decimal,
    Text,
    Guid,
    Instant,
    Date,
    Time,
}

/// <summary>Describes the type of a column's values.</summary>
/// <param name="Clr">The C# type that the database is given.</param>
/// <param name="MaxLength">How many characters a text may have.</param>
/// <param name="Precision">How many digits a decimal has.</param>
/// <param name="Scale">How many of them are behind the point.</param>
internal sealed record ValueType(Type Clr, int? MaxLength, int? Precision, int? Scale)
{
    /// <summary>Gets whether a decimal holds a number without a sign.</summary>
    public bool IsUnsigned { get; init; }

    public ValueKind Kind => KindOf(Clr);

    /// <summary>Gets the least and the greatest whole number.</summary>
    public (BigInteger Least, BigInteger Most) Range => Type.GetTypeCode(Clr) switch
    {
        TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.Int16 => (short.MinValue, short.MaxValue),
        TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
        TypeCode.Int32 => (int.MinValue, int.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        TypeCode.UInt64 => (ulong.MinValue, ulong.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    /// <summary>Gets what a decimal must stay below; null where it has no limit.</summary>
    public BigInteger? Limit => Precision is { } digits ? BigInteger.Pow(10, Math.Max(digits - (Scale ?? 0), 0)) : null;

    public static ValueType Of(ColumnOperation column) =>
        new(column.ClrType is { } type && type == typeof(char) ? typeof(char) : column.ClrType ?? typeof(object), column.ClrType == typeof(char) ? 1
            : column.MaxLength, column.Precision, column.Scale);

    public static ValueType? Of(IColumn? column)
    {
        if (column is null || column.PropertyMappings is [])
        {
            return null;
        }

        var mapping = column.PropertyMappings[0].TypeMapping;
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return new(type.IsEnum ? Enum.GetUnderlyingType(type) : type, type == typeof(char) ? 1 : column.MaxLength, column.Precision, column.Scale);
    }

    private static ValueKind KindOf(Type type) => type switch
    {
        _ when type == typeof(bool) => ValueKind.Boolean,
        _ when type == typeof(float) || type == typeof(double) => ValueKind.Real,
        _ when type == typeof(decimal) => ValueKind.Decimal,
        _ when type == typeof(string) || type == typeof(char) => ValueKind.Text,
        _ when type == typeof(Guid) => ValueKind.Guid,
        _ when type == typeof(DateTime) || type == typeof(DateTimeOffset) => ValueKind.Instant,
        _ when type == typeof(DateOnly) => ValueKind.Date,
        _ when type == typeof(TimeOnly) => ValueKind.Time,
        _ when Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64 => ValueKind.Integer,
        _ => ValueKind.Other,
    };
}

/// <summary>Converts the values of a column to its new type. What has no conversion, or does not fit, is refused and never guessed.</summary>
/// <param name="From">The old type.</param>
/// <param name="To">The new type.</param>
/// <param name="Names">The new value for each old one, where the migration says so: the names of an enum.</param>
internal sealed record ValueChange(ValueType From, ValueType To, IReadOnlyList<KeyValuePair<string, string>> Names)
{
    /// <summary>Names the annotation of a migration's operation that holds <see cref="Names"/>.</summary>
    public const string Annotation = "Carafe:Values";

    /// <summary>Names the annotation with the whole number type of the property, where the databases keep it in a wider one.</summary>
    public const string NumberAnnotation = "Carafe:Number";

    private static readonly Dictionary<ValueKind, ValueKind[]> Sources = new()
    {
        [ValueKind.Boolean] = [ValueKind.Integer, ValueKind.Decimal, ValueKind.Text],
        [ValueKind.Integer] = [ValueKind.Boolean, ValueKind.Real, ValueKind.Decimal, ValueKind.Text],
        [ValueKind.Real] = [ValueKind.Integer, ValueKind.Decimal, ValueKind.Text],
        [ValueKind.Decimal] = [ValueKind.Boolean, ValueKind.Integer, ValueKind.Real, ValueKind.Text],
        [ValueKind.Text] = [ValueKind.Boolean, ValueKind.Integer, ValueKind.Real, ValueKind.Decimal, ValueKind.Guid, ValueKind.Instant, ValueKind.Date,
            ValueKind.Time],
        [ValueKind.Guid] = [ValueKind.Text],
        [ValueKind.Instant] = [ValueKind.Date, ValueKind.Text],
        [ValueKind.Date] = [ValueKind.Instant, ValueKind.Text],
        [ValueKind.Time] = [ValueKind.Text],
    };

    /// <summary>Gets whether there is a conversion at all.</summary>
    public bool IsPossible =>
        Names.Count > 0 || From.Clr == To.Clr || (From.Kind == To.Kind && From.Kind != ValueKind.Other)
        || (Sources.TryGetValue(To.Kind, out var sources) && sources.Contains(From.Kind));

    /// <summary>Gets whether every value of the old type is one of the new type, and is stored alike by a database that knows the kinds.</summary>
    public bool KeepsValues => Names.Count == 0 && From.Kind == To.Kind && From.Kind switch
    {
        ValueKind.Integer => From.Range.Least >= To.Range.Least && From.Range.Most <= To.Range.Most,
        ValueKind.Text when To.Clr == typeof(char) => From.Clr == typeof(char),
        ValueKind.Text => To.MaxLength is null || From.MaxLength <= To.MaxLength,
        ValueKind.Decimal when To.IsUnsigned => false,
        ValueKind.Decimal => To.Precision is null || (From.Precision <= To.Precision && (From.Scale ?? 0) <= (To.Scale ?? 0) && From.Limit <= To.Limit),
        ValueKind.Real => From.Clr == To.Clr || To.Clr == typeof(double),
        ValueKind.Other => From.Clr == To.Clr,
        _ => true,
    };

    /// <summary>Gets whether the values stay what they are, and are only looked at.</summary>
    public bool OnlyChecks => Names.All(name => name.Key == name.Value);

    public static ValueChange Of(AlterColumnOperation operation, ValueType? from, ValueType? to) =>
        new(Known(from, operation.OldColumn), Narrow(Known(to, operation), operation[NumberAnnotation] as string), Read(operation[Annotation] as string));

    /// <summary>Returns the names of an enum, each for itself.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Themselves(string names) => names.Split(';').Select(name => KeyValuePair.Create(name, name));

    /// <summary>Writes names for a migration's file: <c>0=Calm;1=Cross</c>.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, string>> names) => string.Join(';', names.Select(name => $"{name.Key}={name.Value}"));

    public override string ToString() => $"{Word(From)} to {Word(To)}";

    // A database without lists or addresses keeps them as text; not every text is one.
    private static ValueType Known(ValueType? mapped, ColumnOperation operation) =>
        mapped is null ? ValueType.Of(operation)
        : mapped.Kind == ValueKind.Text && ValueType.Of(operation) is { Kind: ValueKind.Other } other && other.Clr != typeof(object) ? other
        : mapped;

    private static ValueType Narrow(ValueType type, string? number) =>
        number is null || Type.GetType($"System.{number}") is not { } narrow ? type
        : type.Kind == ValueKind.Integer ? type with { Clr = narrow }
        : type with { IsUnsigned = narrow == typeof(ulong) };

    private static KeyValuePair<string, string>[] Read(string? names) =>
        [.. (names ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(name =>
                KeyValuePair.Create(name[..name.IndexOf('=', StringComparison.Ordinal)], name[(name.IndexOf('=', StringComparison.Ordinal) + 1)..]))];

    private static string Word(ValueType type) => type.Kind switch
    {
        ValueKind.Text when type.MaxLength is { } most => string.Create(CultureInfo.InvariantCulture, $"string({most})"),
        ValueKind.Decimal when type.Precision is { } digits => string.Create(CultureInfo.InvariantCulture, $"decimal({digits},{type.Scale ?? 0})"),
        _ => Type.GetTypeCode(type.Clr) switch
        {
            TypeCode.Int32 => "int",
            TypeCode.Int64 => "long",
            TypeCode.Int16 => "short",
            TypeCode.Boolean => "bool",
            TypeCode.Single => "float",
            TypeCode.UInt32 => "uint",
            TypeCode.UInt64 => "ulong",
            TypeCode.UInt16 => "ushort",
            TypeCode.DateTime or TypeCode.Object => type.Clr.Name,
            var code => code.ToString().ToLowerInvariant(),
        },
    };
}
