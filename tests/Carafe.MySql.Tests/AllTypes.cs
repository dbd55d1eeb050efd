using System.ComponentModel.DataAnnotations;

namespace Carafe.MySql.Tests;

/// <summary>A row with a column of each type that C# and EF Core have.</summary>
public sealed class AllTypes
{
    public int Id { get; set; }

    public bool Bool { get; set; }

    public sbyte SByte { get; set; }

    public byte Byte { get; set; }

    public short Short { get; set; }

    public ushort UShort { get; set; }

    public int Int { get; set; }

    public uint UInt { get; set; }

    public long Long { get; set; }

    public ulong ULong { get; set; }

    public float Float { get; set; }

    public double Double { get; set; }

    public decimal Decimal { get; set; }

    public decimal Money { get; set; }

    public char Char { get; set; }

    public string Text { get; set; } = "";

    [MaxLength(50)]
    public string Short50 { get; set; } = "";

    public string? Null { get; set; }

    public byte[] Bytes { get; set; } = [];

    public Guid Guid { get; set; }

    public DateTime DateTime { get; set; }

    public DateTimeOffset DateTimeOffset { get; set; }

    public DateOnly DateOnly { get; set; }

    public TimeOnly TimeOnly { get; set; }

    public TimeSpan TimeSpan { get; set; }

    public Mood Mood { get; set; }

    public Mood MoodText { get; set; }

    public int? NullInt { get; set; }

    public List<string> Tags { get; set; } = [];

    public int[] Numbers { get; set; } = [];
}

public enum Mood
{
    Calm,
    Cross,
}

public sealed class TypesDb(DbContextOptions<TypesDb> options) : DbContext(options)
{
    public DbSet<AllTypes> Rows => Set<AllTypes>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.Entity<AllTypes>(row =>
        {
            row.Property(each => each.Money).HasPrecision(12, 2);
            row.Property(each => each.MoodText).HasConversion<string>();
        });
}
