using System.Linq.Expressions;

namespace Carafe.MySql.Tests;

public sealed class TypeTests
{
    private static readonly Lazy<Task<Func<TypesDb>>> Shared = new(async () =>
    {
        var make = await TestContext<TypesDb>.CreateAsync();
        await using var db = make();
        db.AddRange(Full(), new AllTypes { DateTime = new DateTime(1, 1, 1) });
        await db.SaveChangesAsync();
        return make;
    });

    private static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    internal static AllTypes Full() => new()
    {
        Bool = true,
        SByte = sbyte.MinValue,
        Byte = byte.MaxValue,
        Short = short.MinValue,
        UShort = ushort.MaxValue,
        Int = int.MinValue,
        UInt = uint.MaxValue,
        Long = long.MinValue,
        ULong = ulong.MaxValue,
        Float = 16777.217f,
        Double = Math.PI,
        Decimal = 12345678901234567.123456789m,
        Money = 1234567890.12m,
        Char = ' ',
        Text = "It's a \\ \"test\" \u0001 \r\n \u001a 😀 é  ",
        Short50 = "A ",
        Bytes = [0, 1, 39, 92, 255],
        Guid = new Guid("01234567-89ab-cdef-0123-456789abcdef"),
        DateTime = new DateTime(2024, 2, 29, 23, 59, 59).AddTicks(1234560),
        DateTimeOffset = new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.FromHours(5)).AddTicks(1234560),
        DateOnly = new DateOnly(2024, 2, 29),
        TimeOnly = new TimeOnly(23, 59, 59).Add(TimeSpan.FromTicks(1234560)),
        TimeSpan = -new TimeSpan(1, 2, 3, 4, 567),
        Mood = Mood.Cross,
        MoodText = Mood.Cross,
        NullInt = 7,
        Tags = ["a", "it's \\ \"x\"", ""],
        Numbers = [3, 1, 2],
    };

    [Fact]
    public async Task A_row_comes_back_as_it_was_written()
    {
        var make = await Shared.Value;
        await using var db = make();
        var (row, full) = (await db.Rows.SingleAsync(each => each.Bool, Stop), Full());
        foreach (var property in typeof(AllTypes).GetProperties().Where(property => property.Name != nameof(AllTypes.Id)))
        {
            Assert.Equal(property.GetValue(full), property.GetValue(row));
        }

        Assert.Equal(full.DateTimeOffset.UtcDateTime, row.DateTimeOffset.UtcDateTime);
        Assert.Equal(TimeSpan.Zero, row.DateTimeOffset.Offset);
    }

    public static TheoryData<string> Columns => [.. typeof(AllTypes).GetProperties().Select(property => property.Name)
        .Except([nameof(AllTypes.Id), nameof(AllTypes.Null), nameof(AllTypes.Tags), nameof(AllTypes.Numbers)])];

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task A_value_is_found_as_a_parameter_and_as_a_constant(string column)
    {
        var make = await Shared.Value;
        await using var db = make();
        var property = typeof(AllTypes).GetProperty(column)!;
        var value = property.GetValue(Full());
        foreach (var constant in new[] { true, false })
        {
            var row = Expression.Parameter(typeof(AllTypes));
            Expression wanted = Expression.Constant(value, property.PropertyType);
            if (!constant)
            {
                var box = Activator.CreateInstance(typeof(Box<>).MakeGenericType(property.PropertyType), value)!;
                wanted = Expression.Property(Expression.Constant(box), "Value");
            }

            var predicate = Expression.Lambda<Func<AllTypes, bool>>(Expression.Equal(Expression.Property(row, property), wanted), row);
            var query = db.Rows.Where(predicate);
            Assert.True(await query.CountAsync(Stop) == 1, $"{column} {(constant ? "as a constant" : "as a parameter")}: {query.ToQueryString()}");
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task Rows_are_sorted_by_each_type(string column)
    {
        var make = await Shared.Value;
        await using var db = make();
        var ids = await db.Rows.OrderBy(row => EF.Property<object>(row, column)).Select(row => row.Id).ToListAsync(Stop);
        Assert.Equal(2, ids.Count);
    }

    public sealed record Box<T>(T Value);

    public static TheoryData<string> Hostile =>
    [
        "\\", "\\' OR 1=1 -- ", "' OR ''='", "\\\\'", "%", "_", "!", "\"", "`", "\0", "\n", "\u001a", "😀", "a\\",
            "𝕏'\\", "/*! */", "-- ", "\u00bf\u0027", "ʼ", "%'",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("--sql-mode=STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES")]
    [InlineData("--sql-mode=STRICT_TRANS_TABLES,ANSI,PIPES_AS_CONCAT")]
    public async Task No_text_breaks_out_of_its_literal(string option)
    {
        await using var server = option.Length == 0 ? null : await MariaDbServer.StartAsync(option);
        var make = await TestContext<TypesDb>.CreateAsync(server);
        await using var db = make();
        foreach (var text in Hostile.Select(row => row.Data))
        {
            var stored = new AllTypes { Text = $"a{text}b", Short50 = text, Tags = [text] };
            db.Add(stored);
            await db.SaveChangesAsync(Stop);
            db.ChangeTracker.Clear();
            Assert.Equal(text, (await db.Rows.SingleAsync(row => row.Id == stored.Id, Stop)).Short50);
            Assert.Equal(stored.Id, await db.Rows.Where(row => row.Short50 == EF.Constant(text)).Select(row => row.Id).SingleAsync(Stop));
            Assert.Equal(stored.Id, await db.Rows.Where(row => row.Short50 == text).Select(row => row.Id).SingleAsync(Stop));
            foreach (var query in new[]
            {
                db.Rows.Where(row => row.Text.StartsWith("a" + text)), db.Rows.Where(row => row.Text.StartsWith(EF.Constant("a" + text))),
                db.Rows.Where(row => row.Text.EndsWith(text + "b")), db.Rows.Where(row => row.Text.EndsWith(EF.Constant(text + "b"))),
                db.Rows.Where(row => row.Text.Contains("a" + text + "b")), db.Rows.Where(row => row.Text.Contains(EF.Constant("a" + text + "b"))),
                db.Rows.Where(row => row.Text.StartsWith("a" + row.Short50)), db.Rows.Where(row => row.Text.EndsWith(row.Short50 + "b")),
            })
            {
                Assert.True(await query.Select(row => row.Id).ToListAsync(Stop) is { } ids && ids.Contains(stored.Id), $"{text}: {query.ToQueryString()}");
            }

            Assert.Equal("x" + text, await db.Rows.Where(row => row.Id == stored.Id).Select(row => EF.Constant("x" + text)).SingleAsync(Stop));
        }
    }

    [Fact]
    public async Task No_text_breaks_out_of_its_literal_after_the_mode_of_the_server_has_changed()
    {
        await using var server = await MariaDbServer.StartAsync("--sql-mode=STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES");
        var make = await TestContext<TypesDb>.CreateAsync(server);
        await using (var db = make())
        {
            db.AddRange(new AllTypes { Short50 = "a" }, new AllTypes { Short50 = "\\" });
            await db.SaveChangesAsync(Stop);
        }

        await server.SqlAsync("SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES'");
        await using (var db = make())
        {
            var text = "\\' OR 1=1 -- ";
            Assert.Equal(0, await db.Rows.CountAsync(row => row.Short50 == text, Stop));
            text = "\\";
            Assert.Equal(1, await db.Rows.CountAsync(row => row.Short50 == text, Stop));
        }
    }

    [Fact]
    public async Task Text_is_compared_by_code_point()
    {
        var make = await TestContext<TypesDb>.CreateAsync();
        await using var db = make();
        string[] texts = ["a", "A", "a ", "á", "ß", "ss", "😀", "😁", "Z", "", " ", "\uFFFD", "e\u0301", "é"];
        db.AddRange(texts.Select(text => new AllTypes { Short50 = text, Text = text }));
        await db.SaveChangesAsync(Stop);
        foreach (var text in texts)
        {
            Assert.Equal(1, await db.Rows.CountAsync(row => row.Short50 == text, Stop));
            Assert.Equal(1, await db.Rows.CountAsync(row => row.Text == EF.Constant(text), Stop));
        }

        var sorted = await db.Rows.OrderBy(row => row.Text).Select(row => row.Text).ToListAsync(Stop);
        Assert.Equal(texts.OrderBy(text => text, Comparer<string>.Create((one, other) =>
            System.Text.Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(other)))), sorted);
        Assert.Equal(texts.Length, await db.Rows.Select(row => row.Short50).Distinct().CountAsync(Stop));
    }

    [Fact]
    public async Task Times_are_the_same_in_every_zone_of_the_session()
    {
        var make = await Shared.Value;
        await using var db = make();
        await db.Database.OpenConnectionAsync(Stop);
        foreach (var zone in new[] { "+00:00", "-09:30", "+13:00" })
        {
            await db.Database.ExecuteSqlRawAsync($"SET time_zone = '{zone}'", Stop);
            db.ChangeTracker.Clear();
            var full = Full();
            var row = await db.Rows.SingleAsync(each => each.DateTimeOffset == full.DateTimeOffset && each.DateTime == full.DateTime, Stop);
            Assert.Equal((full.DateTimeOffset, full.DateTime), (row.DateTimeOffset, row.DateTime));
            var now = await db.Rows.Select(_ => DateTime.UtcNow).FirstAsync(Stop);
            Assert.True(Math.Abs((now - DateTime.UtcNow).TotalMinutes) < 5);
        }
    }

    [Fact]
    public async Task Single_bytes_are_found_and_a_list_that_a_document_does_not_give_back_is_refused()
    {
        await using var db = (await Shared.Value)();
        byte wanted = 39;
        Assert.Equal(1, await db.Rows.CountAsync(row => row.Bytes.Contains(wanted), Stop));
        Assert.Equal(0, await db.Rows.CountAsync(row => row.Bytes.Contains((byte)40), Stop));
        var times = new[] { DateTimeOffset.UnixEpoch };
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.Rows.CountAsync(row => EF.Parameter(times).Contains(row.DateTimeOffset), Stop));
        Assert.Equal(1, await db.Rows.CountAsync(row => row.Bytes.ElementAt(4) == 255 && row.Bytes.First() == 0, Stop));
    }
}
