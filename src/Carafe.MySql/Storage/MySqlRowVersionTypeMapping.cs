using System.Buffers.Binary;
using System.Globalization;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Carafe.MySql.Storage;

/// <summary>Maps the version of a row, which is the time of its last change: the server keeps no other.</summary>
internal sealed class MySqlRowVersionTypeMapping : RelationalTypeMapping
{
    private static readonly ValueConverter<byte[], DateTime> Converted = new(bytes => Time(bytes), time => Bytes(time));

    private static readonly ValueComparer<byte[]> Compared = new(
        (one, other) => one == other || (one != null && other != null && one.SequenceEqual(other)), bytes => Time(bytes).GetHashCode(),
        bytes => bytes.ToArray());

    private MySqlRowVersionTypeMapping(Type type, ValueConverter converter, ValueComparer? comparer)
        : base(
            new RelationalTypeMappingParameters(
                new CoreTypeMappingParameters(type, converter, comparer), "timestamp(6)", StoreTypePostfix.None, System.Data.DbType.DateTime))
    {
    }

    private MySqlRowVersionTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    /// <summary>Returns the mapping of a row version of a type; null for types that cannot be one.</summary>
    public static MySqlRowVersionTypeMapping? For(Type type) =>
        type == typeof(byte[]) ? new(type, Converted, Compared)
        : type == typeof(ulong) ? new(type, new ValueConverter<ulong, DateTime>(ticks => new DateTime((long)ticks), time => (ulong)time.Ticks), null)
        : type == typeof(long) ? new(type, new ValueConverter<long, DateTime>(ticks => new DateTime(ticks), time => time.Ticks), null)
        : null;

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MySqlRowVersionTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) =>
        string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{(DateTime)value:yyyy-MM-dd HH\\:mm\\:ss.ffffff}'");

    private static DateTime Time(byte[] bytes) => bytes.Length == sizeof(long) ? new DateTime(BinaryPrimitives.ReadInt64BigEndian(bytes)) : default;

    private static byte[] Bytes(DateTime time)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.Ticks);
        return bytes;
    }
}
