using System.Data.Common;
using System.Globalization;
using Carafe.Data.Sqlite;
using Carafe.FastSqlite.Connections;
using Carafe.FastSqlite.Pooling;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>What the database made, as a write that waited gets it.</summary>
public class ReturnedValueTests
{
    private static readonly Func<DbDataReader, object?>[] Getters =
    [
        row => row.GetValue(0), row => row[0], row => row["x"], row => row.IsDBNull(0), row => row.GetBoolean(0), row => row.GetByte(0), row => row.GetChar(0),
        row => row.GetInt16(0),
        row => row.GetInt32(0), row => row.GetInt64(0), row => row.GetFloat(0), row => row.GetDouble(0), row => row.GetDecimal(0), row => row.GetString(0),
        row => row.GetGuid(0),
        row => row.GetDateTime(0), row => row.GetDateTime(0).Kind, row => row.GetFieldValue<DateTimeOffset>(0),
        row => row.GetFieldValue<DateTimeOffset>(0).Offset,
        row => row.GetFieldValue<DateOnly>(0), row => row.GetFieldValue<TimeOnly>(0), row => row.GetFieldValue<TimeSpan>(0), row => row.GetFieldValue<int>(0),
        row => row.GetFieldValue<int?>(0),
        row => row.GetFieldValue<ulong>(0), row => row.GetFieldValue<sbyte>(0), row => row.GetFieldValue<string>(0), row => row.GetFieldValue<byte[]>(0),
        row => row.GetFieldValue<object>(0),
        row => row.GetFieldValue<DayOfWeek>(0), row => row.GetFieldValue<bool>(0), row => row.GetFieldValue<double>(0), row => row.GetFieldType(0),
        row => row.GetDataTypeName(0),
        row => row.GetName(0), row => row.GetOrdinal("x"), row => row.GetOrdinal("y"), row => row.FieldCount, row => row.HasRows,
        row => row.GetValues(new object[1]),
        row => new StreamReader(row.GetStream(0)).ReadToEnd(), row => row.GetTextReader(0).ReadToEnd(), row => row.GetBytes(0, 0, null, 0, 0),
        row => row.GetChars(0, 0, new char[1], 0, 1),
        row => row.GetValue(1), row => row.Read(), row => row.GetValue(0), row => row.NextResult(),
    ];

    public static TheoryData<object> Values =>
    [
        0L, 1L, -1L, 300L, 5_000_000_000L, 2461188.75, 0.5, "", "x", "42", "1.5", "true", "12.50", "2026-05-28 12:30:00.1234567", "2026-05-28 12:30:00+02:00",
        "2026-05-28", "12:30:00.5",
        "1.02:03:04", "5f0c2a3e-8f57-4c8b-9d3a-0c1f3a2b4d5e", new byte[] { 1, 2, 3 }, new byte[16], Array.Empty<byte>(), DBNull.Value,
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Every_getter_answers_like_the_driver(object value)
    {
        var database = $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb;Pooling=False";
        await using var fast = new FastSqliteOptions();
        await using var connection = new RoutingSqliteConnection(fast, database);
        connection.Open();
        await using var create = connection.CreateCommand();
        create.CommandText = "CREATE TABLE made (x)";
        await create.ExecuteNonQueryAsync();
        List<string> expected, found;
        using (var command = Insert())
        using (var reader = command.ExecuteReader())
        {
            Assert.IsType<SqliteDataReader>(reader);
            expected = Read(reader);
        }

        await using (DbCommand command = Insert())
        await using (var reader = await command.ExecuteReaderAsync())
        {
            Assert.IsType<BufferedDataReader>(reader);
            found = Read(reader);
        }

        Assert.Equal(expected, found);

        SqliteCommand Insert()
        {
            var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO made VALUES ($value) RETURNING x";
            command.Parameters.AddWithValue("$value", value);
            return command;
        }
    }

    [Fact]
    public async Task Every_type_of_property_comes_back_as_the_database_made_it()
    {
        await using var database = new SqliteDatabase(null, "FULL");
        var options = new DbContextOptionsBuilder();
        database.Configure(options.WithoutProviderCount());
        await using var db = new MadeDb(options.Options);
        await db.Database.EnsureCreatedAsync();
        Assert.True(((RoutingSqliteConnection)db.Database.GetDbConnection()).IsLikeOthers);
        var made = db.Add(new Made()).Entity;
        await db.SaveChangesAsync();
        var expected = new Made { Id = 1 };
        foreach (var (name, value) in MadeDb.Defaults)
        {
            typeof(Made).GetProperty(name)!.SetValue(expected, value);
        }

        Assert.Equivalent(expected, made, strict: true);
    }

    internal static List<string> Read(DbDataReader reader)
    {
        Assert.True(reader.Read());
        var answers = Getters.Select(get =>
        {
            try
            {
                return get(reader) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(get(reader), CultureInfo.InvariantCulture)!;
            }
            catch (Exception fault)
            {
                return fault.GetType().Name;
            }
        }).ToList();
        reader.Close();
        return [.. answers, $"{reader.RecordsAffected}", $"{reader.IsClosed}"];
    }
}

internal sealed class MadeDb(DbContextOptions options) : DbContext(options)
{
    public static readonly (string Name, object Value)[] Defaults =
    [
        (nameof(Made.Bool), true), (nameof(Made.Byte), (byte)200), (nameof(Made.SByte), (sbyte)-100), (nameof(Made.Short), (short)-30_000),
        (nameof(Made.UShort), (ushort)60_000),
        (nameof(Made.Int), -2_000_000_000), (nameof(Made.UInt), 4_000_000_000u), (nameof(Made.Long), long.MinValue + 1),
        (nameof(Made.ULong), ulong.MaxValue - 1), (nameof(Made.Float), 1.5f),
        (nameof(Made.Double), -0.1), (nameof(Made.Decimal), 79228162514264337593543950.33m), (nameof(Made.Char), 'ü'), (nameof(Made.String), "it's \u2713"),
        (nameof(Made.Bytes), new byte[] { 0, 1, 255 }),
        (nameof(Made.Guid), new Guid("5f0c2a3e-8f57-4c8b-9d3a-0c1f3a2b4d5e")), (nameof(Made.DateTime), new DateTime(2026, 5, 28, 12, 30, 0, 123)),
        (nameof(Made.DateTimeOffset), new DateTimeOffset(2026, 5, 28, 12, 30, 0, TimeSpan.FromHours(2))), (nameof(Made.DateOnly), new DateOnly(2026, 5, 28)),
        (nameof(Made.TimeOnly), new TimeOnly(12, 30, 0, 5)), (nameof(Made.TimeSpan), new TimeSpan(1, 2, 3, 4)), (nameof(Made.Enum), DayOfWeek.Friday),
        (nameof(Made.Nullable), 7),
    ];

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var (name, value) in Defaults)
        {
            // Left as it is in a new object, the property is not in the statement, and comes back.
            modelBuilder.Entity<Made>().Property(name).HasDefaultValue(value).HasSentinel(typeof(Made).GetProperty(name)!.GetValue(new Made()));
        }
    }
}

internal sealed class Made
{
    public int Id { get; set; }

    public bool Bool { get; set; }

    public byte Byte { get; set; }

    public sbyte SByte { get; set; }

    public short Short { get; set; }

    public ushort UShort { get; set; }

    public int Int { get; set; }

    public uint UInt { get; set; }

    public long Long { get; set; }

    public ulong ULong { get; set; }

    public float Float { get; set; }

    public double Double { get; set; }

    public decimal Decimal { get; set; }

    public char Char { get; set; }

    public string? String { get; set; }

    public byte[]? Bytes { get; set; }

    public Guid Guid { get; set; }

    public DateTime DateTime { get; set; }

    public DateTimeOffset DateTimeOffset { get; set; }

    public DateOnly DateOnly { get; set; }

    public TimeOnly TimeOnly { get; set; }

    public TimeSpan TimeSpan { get; set; }

    public DayOfWeek Enum { get; set; }

    public int? Nullable { get; set; }
}
