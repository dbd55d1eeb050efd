using Carafe.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

internal sealed class SampleDb(DbContextOptions<SampleDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Sample>(sample =>
    {
        sample.Property(row => row.Named).HasConversion<string>();
        sample.Property(row => row.MaybeNamed).HasConversion<string>();
        sample.ComplexProperty(row => row.Place);
        sample.HasOne(row => row.Parent).WithMany(row => row.Children).HasForeignKey(row => row.ParentId);
    });
}

[ListName("samples")]
public sealed record SampleResponse(int Id);

public enum Tone
{
    Sharp = 10,
    Flat = -5,
    Natural = 0,
}

public enum SmallTone : byte
{
    Low,
    High = 200,
}

public sealed class Place
{
    public string City { get; set; } = "";
}

internal sealed class Sample
{
    public int Id { get; set; }

    public bool Flag { get; set; }

    public bool? MaybeFlag { get; set; }

    public Tone Tone { get; set; }

    public Tone? MaybeTone { get; set; }

    public Tone Named { get; set; }

    public Tone? MaybeNamed { get; set; }

    public SmallTone Small { get; set; }

    public byte Byte { get; set; }

    public short? Short { get; set; }

    public uint UInt { get; set; }

    public ulong ULong { get; set; }

    public char Letter { get; set; }

    public double Double { get; set; }

    public double? MaybeDouble { get; set; }

    public float Float { get; set; }

    public decimal? Decimal { get; set; }

    public Guid? Code { get; set; }

    public DateOnly? Day { get; set; }

    public TimeOnly Time { get; set; }

    public DateTime Moment { get; set; }

    public DateTime? MaybeMoment { get; set; }

    public DateTimeOffset? At { get; set; }

    public string? Text { get; set; }

    public byte[] Bytes { get; set; } = [];

    public TimeSpan Span { get; set; }

    public Place Place { get; set; } = new();

    public int? ParentId { get; set; }

    public Sample? Parent { get; set; }

    public List<Sample> Children { get; set; } = [];

    // Values that tie, that are missing, and that lie at the ends of their types.
    public static Sample Make(int number)
    {
        var (tones, noon) = (Enum.GetValues<Tone>(), new DateTimeOffset(2026, 5, 28, 12, 0, 0, TimeSpan.Zero));
        var missing = number % 4 == 0;
        return new()
        {
            Id = number,
            Flag = number % 2 == 0,
            MaybeFlag = missing ? null : number % 3 == 0,
            Tone = tones[number % 3],
            MaybeTone = missing ? null : tones[number % 3],
            Named = tones[(number + 1) % 3],
            MaybeNamed = missing ? null : tones[number % 3],
            Small = number % 5 == 0 ? SmallTone.High : SmallTone.Low,
            Byte = (byte)(number * 37 % 256),
            Short = missing ? null : (short)(number % 5 * -7),
            UInt = number % 6 == 0 ? uint.MaxValue : (uint)number % 4,
            ULong = (number % 5) switch { 0 => ulong.MaxValue, 1 => long.MaxValue, 2 => (ulong)long.MaxValue + 1, _ => (ulong)number * 1_000_000 },
            Letter = (char)('a' + (number % 7)),
            Double = (number % 6) switch { 0 => double.PositiveInfinity, 1 => double.NegativeInfinity, 2 => double.Epsilon, _ => number / 7.0 },
            MaybeDouble = missing ? null : number % 5 == 0 ? double.PositiveInfinity : 0.1 * number,
            Float = number % 6 == 0 ? float.PositiveInfinity : number / 3f,
            Decimal = missing ? null : number % 5 * 9.5m,
            Code = missing ? null : new Guid(number * 7919 % 13, 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)number),
            Day = missing ? null : new DateOnly(2020 + (number % 3), 1 + (number % 12), 1),
            Time = new TimeOnly(number % 24, 30, 0).Add(TimeSpan.FromMicroseconds(number % 2)),
            Moment = noon.UtcDateTime.AddMicroseconds(number % 4),
            MaybeMoment = missing ? null : noon.UtcDateTime.AddMonths(number % 5),
            At = missing ? null : noon.AddMonths(number % 5),
            Text = missing ? null : new string('x', number % 3) + (char)('z' - (number % 4)),
            Bytes = [(byte)number],
            Span = TimeSpan.FromDays(number),
            Place = new Place { City = $"city {number % 4}" },
            ParentId = number % 3 == 0 ? null : number == 1 ? null : 1 + (number % 2),
        };
    }
}
