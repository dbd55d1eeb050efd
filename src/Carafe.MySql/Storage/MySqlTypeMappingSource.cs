using System.Globalization;

namespace Carafe.MySql.Storage;

/// <summary>Finds the column type of a C# type, and the C# type of a column's.</summary>
internal sealed class MySqlTypeMappingSource(TypeMappingSourceDependencies dependencies, RelationalTypeMappingSourceDependencies relationalDependencies)
    : RelationalTypeMappingSource(dependencies, relationalDependencies)
{
    // The longest text and the most bytes that a key can hold: 3072 bytes, four for each character.
    private const int KeyText = 255;
    private const int KeyBytes = 767;

    // A row has 65,535 bytes.
    private const int LongestText = 16_383;
    private const int MostBytes = 65_535;

    private static readonly RelationalTypeMapping Text = new MySqlStringTypeMapping("longtext");
    private static readonly RelationalTypeMapping Blob = new MySqlByteArrayTypeMapping("longblob");
    private static readonly RelationalTypeMapping Json = new MySqlJsonTypeMapping("json");

    private static readonly Dictionary<Type, RelationalTypeMapping> ByClrType = new()
    {
        [typeof(bool)] = new BoolTypeMapping("tinyint(1)", System.Data.DbType.Boolean),
        [typeof(sbyte)] = new SByteTypeMapping("tinyint", System.Data.DbType.SByte),
        [typeof(byte)] = new ByteTypeMapping("tinyint unsigned", System.Data.DbType.Byte),
        [typeof(short)] = new ShortTypeMapping("smallint", System.Data.DbType.Int16),
        [typeof(ushort)] = new UShortTypeMapping("smallint unsigned", System.Data.DbType.UInt16),
        [typeof(int)] = new IntTypeMapping("int", System.Data.DbType.Int32),
        [typeof(uint)] = new UIntTypeMapping("int unsigned", System.Data.DbType.UInt32),
        [typeof(long)] = new LongTypeMapping("bigint", System.Data.DbType.Int64),
        [typeof(ulong)] = new ULongTypeMapping("bigint unsigned", System.Data.DbType.UInt64),
        [typeof(float)] = new MySqlFloatTypeMapping("double"),
        [typeof(double)] = new MySqlDoubleTypeMapping("double"),
        [typeof(char)] = new MySqlCharTypeMapping("varchar(1)"),
        [typeof(Guid)] = new MySqlGuidTypeMapping("char(36)"),
        [typeof(DateOnly)] = new MySqlDateOnlyTypeMapping(),
        [typeof(JsonTypePlaceholder)] = Json,
    };

    protected override RelationalTypeMapping? FindMapping(in RelationalTypeMappingInfo mappingInfo) =>
        base.FindMapping(mappingInfo) ?? (mappingInfo.StoreTypeName is null ? FindByClrType(mappingInfo) : FindByStoreType(mappingInfo));

    private static RelationalTypeMapping? FindByClrType(in RelationalTypeMappingInfo info) => info.ClrType switch
    {
        null => null,
        var type when type == typeof(string) => FindText(info),
        var type when info.IsRowVersion == true && MySqlRowVersionTypeMapping.For(type) is { } version => version,
        // A list of bytes that somebody maps as one of primitives is JSON.
        var type when type == typeof(byte[]) => info.ElementTypeMapping is null ? FindBytes(info) : null,
        var type when type == typeof(decimal) => FindDecimal(info.Precision ?? 65, info.Scale ?? (info.Precision is null ? 30 : 0)),
        var type when type == typeof(DateTime) => new MySqlDateTimeTypeMapping(Timed("datetime", info.Precision), info.Precision ?? 6),
        var type when type == typeof(DateTimeOffset) => new MySqlDateTimeOffsetTypeMapping(Timed("datetime", info.Precision), info.Precision ?? 6),
        var type when type == typeof(TimeOnly) => new MySqlTimeOnlyTypeMapping(Timed("time", info.Precision), info.Precision ?? 6),
        var type when type == typeof(TimeSpan) => new MySqlTimeSpanTypeMapping(Timed("time", info.Precision), info.Precision ?? 6),
        var type => ByClrType.GetValueOrDefault(type),
    };

    private static RelationalTypeMapping FindText(in RelationalTypeMappingInfo info)
    {
        var size = info.Size ?? (info.IsKeyOrIndex ? KeyText : null);
        return size is null or < 0 or > LongestText ? Text
            // char(n) would drop the blanks at the end.
            : new MySqlStringTypeMapping(string.Create(CultureInfo.InvariantCulture, $"varchar({size})"), size);
    }

    private static RelationalTypeMapping FindBytes(in RelationalTypeMappingInfo info)
    {
        var size = info.Size ?? (info.IsKeyOrIndex ? KeyBytes : null);
        return size is null or < 0 or > MostBytes ? Blob
            : new MySqlByteArrayTypeMapping(
                string.Create(CultureInfo.InvariantCulture, $"{(info.IsFixedLength == true && size <= 255 ? "binary" : "varbinary")}({size})"), size);
    }

    private static DecimalTypeMapping FindDecimal(int precision, int scale) =>
        new(string.Create(CultureInfo.InvariantCulture, $"decimal({precision},{scale})"), System.Data.DbType.Decimal, precision, scale);

    private static string Timed(string type, int? precision) => string.Create(CultureInfo.InvariantCulture, $"{type}({precision ?? 6})");

    private static RelationalTypeMapping? FindByStoreType(in RelationalTypeMappingInfo info)
    {
        var name = info.StoreTypeName!;
        var baseName = (info.StoreTypeNameBase ?? name).Trim().ToLowerInvariant();
        var unsigned = name.Contains("unsigned", StringComparison.OrdinalIgnoreCase);
        baseName = baseName.Replace(" unsigned", "", StringComparison.Ordinal).Replace(" zerofill", "", StringComparison.Ordinal).Trim();
        var clrType = info.ClrType ?? ClrTypeOf(baseName, name, unsigned);
        if (clrType is null)
        {
            return null;
        }

        RelationalTypeMapping? mapping = clrType switch
        {
            _ when clrType == typeof(string) => new MySqlStringTypeMapping(name, info.Size, baseName is "char"),
            _ when clrType == typeof(byte[]) => info.ElementTypeMapping is null ? new MySqlByteArrayTypeMapping(name, info.Size) : null,
            _ when clrType == typeof(decimal) => new DecimalTypeMapping(name, System.Data.DbType.Decimal, info.Precision ?? 10, info.Scale ?? 0),
            _ when clrType == typeof(DateTime) => new MySqlDateTimeTypeMapping(name, info.Precision ?? 0),
            _ when clrType == typeof(DateTimeOffset) => new MySqlDateTimeOffsetTypeMapping(name, info.Precision ?? 0),
            _ when clrType == typeof(TimeOnly) => new MySqlTimeOnlyTypeMapping(name, info.Precision ?? 0),
            _ when clrType == typeof(TimeSpan) => new MySqlTimeSpanTypeMapping(name, info.Precision ?? 0),
            _ => ByClrType.GetValueOrDefault(clrType)?.WithStoreTypeAndSize(name, null),
        };
        return mapping;
    }

    private static Type? ClrTypeOf(string baseName, string name, bool unsigned) => baseName switch
    {
        "tinyint" when name.StartsWith("tinyint(1)", StringComparison.OrdinalIgnoreCase) => typeof(bool),
        "bool" or "boolean" => typeof(bool),
        "tinyint" => unsigned ? typeof(byte) : typeof(sbyte),
        "smallint" => unsigned ? typeof(ushort) : typeof(short),
        "mediumint" or "int" or "integer" => unsigned ? typeof(uint) : typeof(int),
        "bigint" => unsigned ? typeof(ulong) : typeof(long),
        "year" => typeof(short),
        "decimal" or "numeric" or "dec" or "fixed" => typeof(decimal),
        "float" => typeof(float),
        "double" or "double precision" or "real" => typeof(double),
        "char" when name.Equals("char(36)", StringComparison.OrdinalIgnoreCase) => typeof(Guid),
        "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" or "enum" or "set" or "json" => typeof(string),
        "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => typeof(byte[]),
        "datetime" or "timestamp" => typeof(DateTime),
        "date" => typeof(DateOnly),
        "time" => typeof(TimeOnly),
        "uuid" => typeof(Guid),
        _ => null,
    };
}
