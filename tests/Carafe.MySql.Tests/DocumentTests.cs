using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

/// <summary>Complex types in a JSON column: what is inside them is compared, listed and changed.</summary>
public sealed class DocumentTests
{
    private static readonly DateTimeOffset Noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_instant_in_a_document_is_the_same_whatever_its_offset()
    {
        await using var db = await OpenAsync();
        Assert.Equal(["here", "there"], await db.Parcels.Where(parcel => parcel.Content.At == Noon).OrderBy(parcel => parcel.Content.Name)
            .Select(parcel => parcel.Content.Name).ToListAsync(Stop));
        Assert.Equal("later", (await db.Parcels.SingleAsync(parcel => parcel.Content.At > Noon, Stop)).Content.Name);
    }

    [Fact]
    public async Task An_instant_that_ends_with_Z_is_read()
    {
        await using var db = await OpenAsync();
        Assert.Equal(1, await db.Database.ExecuteSqlAsync(
            $"UPDATE Parcels SET Content = JSON_SET(Content, '$.At', '2024-05-01T12:00:00.5Z') WHERE JSON_VALUE(Content, '$.Name') = 'here'", Stop));
        var at = Noon.AddSeconds(0.5);
        Assert.Equal("here", (await db.Parcels.SingleAsync(parcel => parcel.Content.At == at, Stop)).Content.Name);
        Assert.Equal(2, await db.Parcels.CountAsync(parcel => parcel.Content.At > Noon, Stop));
    }

    [Fact]
    public async Task The_members_of_a_document_are_equal_in_any_order()
    {
        await using var db = await OpenAsync();
        Assert.Equal(1, await db.Database.ExecuteSqlAsync(
            $$"""
            UPDATE Parcels SET Content = JSON_SET(Content, '$.Size', JSON_EXTRACT('{ "Unit": "km", "Length": 7.0 }', '$'))
            WHERE JSON_VALUE(Content, '$.Name') = 'here'
            """, Stop));
        var size = new Size(7, "km");
        Assert.Equal(1, await db.Parcels.CountAsync(parcel => parcel.Content.Size == size, Stop));
        Assert.Equal(2, await db.Parcels.CountAsync(parcel => parcel.Content.Size != size, Stop));
    }

    [Fact]
    public async Task Equal_documents_are_equal_however_they_are_written()
    {
        await using var db = await OpenAsync();
        var size = new Size(2, "m");
        Assert.Equal("there", (await db.Parcels.SingleAsync(parcel => parcel.Content.Size == size, Stop)).Content.Name);
        Assert.Equal("there", (await db.Parcels.SingleAsync(parcel => parcel.Content.Size == new Size(2, "m"), Stop)).Content.Name);
        Assert.Equal(1, await db.Parcels.CountAsync(parcel => parcel.Content.Numbers == new List<int> { 1, 2 }, Stop));
    }

    [Fact]
    public async Task Lists_inside_the_elements_of_a_list_are_read()
    {
        await using var db = await OpenAsync();
        Assert.Equal(["a", "b", "c"], await db.Parcels.Where(parcel => parcel.Content.Name == "here")
            .SelectMany(parcel => parcel.Content.Items).SelectMany(item => item.Tags).Order().ToListAsync(Stop));
        var at = 1;
        Assert.Equal(1, await db.Parcels.CountAsync(parcel => parcel.Content.Items[at].Tags.Contains("c"), Stop));
        Assert.Equal(1, await db.Parcels.CountAsync(parcel => parcel.Content.Items[at].Tags.Any(tag => tag == "c"), Stop));
    }

    [Fact]
    public async Task Parts_of_a_document_are_set_by_a_query()
    {
        await using var db = await OpenAsync();
        var name = "It's \\ \"new\"";
        Assert.Equal(1, await db.Parcels.Where(parcel => parcel.Content.Name == "here").ExecuteUpdateAsync(
            set => set.SetProperty(parcel => parcel.Content.Name, name).SetProperty(parcel => parcel.Content.IsOpen, true)
                .SetProperty(parcel => parcel.Content.Count, parcel => parcel.Content.Count + 1)
                .SetProperty(parcel => parcel.Content.At, Noon.AddHours(1))
                .SetProperty(parcel => parcel.Content.Size, new Size(9, "km"))
                .SetProperty(parcel => parcel.Content.Numbers, [7]), Stop));
        var content = (await db.Parcels.SingleAsync(parcel => parcel.Content.IsOpen, Stop)).Content;
        Assert.Equal((name, true, 4, Noon.AddHours(1), new Size(9, "km")), (content.Name, content.IsOpen, content.Count, content.At, content.Size));
        Assert.Equal([7], content.Numbers);
        Assert.Equal(2, content.Items.Count);
    }

    private static async Task<ParcelDb> OpenAsync()
    {
        var make = await TestContext<ParcelDb>.CreateAsync();
        await using var db = make();
        db.AddRange(
            Parcel("here", Noon, new Size(1, "m"), [1, 2], new Item { Name = "x", Tags = ["a", "b"] }, new Item { Name = "y", Tags = ["c"] }),
            Parcel("there", Noon.ToOffset(TimeSpan.FromHours(-5)), new Size(2, "m"), [3]),
            Parcel("later", Noon.AddMinutes(1).ToOffset(TimeSpan.FromHours(5.5)), new Size(1, "km"), []));
        await db.SaveChangesAsync(Stop);
        return make();

        static Parcel Parcel(string name, DateTimeOffset at, Size size, List<int> numbers, params List<Item> items) =>
            new() { Content = new() { Name = name, At = at, Size = size, Numbers = numbers, Items = items } };
    }

    public sealed class Parcel
    {
        public int Id { get; set; }

        public required Content Content { get; set; }
    }

    public sealed record Size(int Length, string Unit);

    public sealed class Item
    {
        public string Name { get; set; } = "";

        public List<string> Tags { get; set; } = [];
    }

    public sealed class Content
    {
        public string Name { get; set; } = "";

        public DateTimeOffset At { get; set; }

        public int Count { get; set; } = 3;

        public bool IsOpen { get; set; }

        public required Size Size { get; set; }

        public List<int> Numbers { get; set; } = [];

        public List<Item> Items { get; set; } = [];
    }

    public sealed class ParcelDb(DbContextOptions<ParcelDb> options) : DbContext(options)
    {
        public DbSet<Parcel> Parcels => Set<Parcel>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<Parcel>().ComplexProperty(parcel => parcel.Content, content =>
            {
                content.ToJson();
                content.ComplexCollection(inner => inner.Items);
                content.ComplexProperty(inner => inner.Size);
            });
    }
}
