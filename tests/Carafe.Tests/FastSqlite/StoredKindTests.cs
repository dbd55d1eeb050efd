using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.FastSqlite;

/// <summary>Each type is read from each kind of stored value as plain EF Core reads it, or fails with the same message.</summary>
public sealed class StoredKindTests
{
    private const string Values =
        "NULL, 0, 1, -1, 65, 255, 256, 70000, 5000000000, 9223372036854775807, -9223372036854775808, 0.0, -0.0, 1.5, 1e300, '', 'x', '1', '1.5', 'true', "
        + "'2026-05-28 12:30:00', '2026-05-28 12:30:00.1234567', '2026-05-28 12:30:00+02:00', '2026-05-28T12:30:00Z', '2026-05-28', '12:30:00', "
        + "'1.02:03:04.5', '9d3e2f1a-0000-4000-8000-0123456789ab', 'n\u00f6te', x'', x'0102', x'1a2f3e9d000000408000012345678910', char(55357)";

    [Theory]
    [InlineData(typeof(bool))]
    [InlineData(typeof(byte))]
    [InlineData(typeof(sbyte))]
    [InlineData(typeof(short))]
    [InlineData(typeof(ushort))]
    [InlineData(typeof(int))]
    [InlineData(typeof(uint))]
    [InlineData(typeof(long))]
    [InlineData(typeof(ulong))]
    [InlineData(typeof(float))]
    [InlineData(typeof(double))]
    [InlineData(typeof(decimal))]
    [InlineData(typeof(char))]
    [InlineData(typeof(Guid))]
    [InlineData(typeof(DateTime))]
    [InlineData(typeof(DateTimeOffset))]
    [InlineData(typeof(TimeSpan))]
    [InlineData(typeof(DateOnly))]
    [InlineData(typeof(TimeOnly))]
    [InlineData(typeof(DayOfWeek))]
    public Task A_value_is_read_as_without_the_layer(Type type) =>
        ((Task)GetType().GetMethod(nameof(ReadValueAsync), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(type).Invoke(null, null)!);

    [Fact]
    public Task Text_is_read_as_without_the_layer() => ReadAsync<string>();

    [Fact]
    public Task Text_that_may_be_missing_is_read_as_without_the_layer() => ReadAsync<string?>();

    [Fact]
    public Task Bytes_are_read_as_without_the_layer() => ReadAsync<byte[]>();

    private static async Task ReadValueAsync<T>()
        where T : struct
    {
        await ReadAsync<T>();
        await ReadAsync<T?>();
    }

    private static Task ReadAsync<T>() => Scenario.SameAsync(async run =>
    {
        var options = new DbContextOptionsBuilder<OddDb<T>>().UseSqlite(run.Source());
        await using var fast = new FastSqliteOptions();
        await using var db = new OddDb<T>((run.IsFast ? options.UseFastSqlite(fast) : options).Options);
        var values = Values.Split(", ");
        await db.Database.ExecuteSqlRawAsync("CREATE TABLE Odd (Id INTEGER PRIMARY KEY, Value)");
        foreach (var value in values)
        {
            var insert = $"INSERT INTO Odd (Value) VALUES ({value})";
            await db.Database.ExecuteSqlRawAsync(insert);
        }

        for (var id = 1; id <= values.Length; id++)
        {
            await run.SayAsync(async () => string.Join(' ', (await db.Odd.Where(odd => odd.Id == id).Select(odd => odd.Value).ToListAsync()).Select(Text)));
            await run.SayAsync(async () => Text((await db.Odd.AsNoTracking().SingleAsync(odd => odd.Id == id)).Value));
            await run.SayAsync(async () => Text((await db.Odd.Select(odd => new { odd.Id, odd.Value }).FirstAsync(odd => odd.Id == id)).Value));
        }
    });

    private static string Text<T>(T value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture) + double.IsNegative(number),
        char letter => ((int)letter).ToString(CultureInfo.InvariantCulture),
        string text => string.Join(' ', text.Select(letter => (int)letter)),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private sealed class OddDb<T>(DbContextOptions<OddDb<T>> options) : DbContext(ScenarioOptions.WithoutProviderCount(options))
    {
        public DbSet<Odd<T>> Odd => Set<Odd<T>>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<Odd<T>>(odd =>
            {
                odd.ToTable("Odd");
                odd.Property(row => row.Value);
            });
    }

    private sealed class Odd<T>
    {
        public int Id { get; set; }

        public T Value { get; set; } = default!;
    }
}
