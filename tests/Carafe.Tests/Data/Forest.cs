using Carafe.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Tests.Data;

/// <summary>A database in memory with rows that have lists of others.</summary>
internal sealed class Forest : IAsyncDisposable
{
    private readonly SqliteDatabase _database = new(null, "FULL");

    public static async Task<Forest> PlantAsync()
    {
        var forest = new Forest();
        await using var db = forest.Open();
        await db.Database.EnsureCreatedAsync();
        db.AddRange(
            new Tree { Id = 1, Name = "oak", Leaves = [Leaf(1, null), Leaf(2, 1), Leaf(3, 1)] },
            new Tree { Id = 2, Name = "elm" },
            new Tree { Id = 3, Name = "fir", Leaves = [Leaf(4, 2)] });
        await db.SaveChangesAsync();
        return forest;

        static Leaf Leaf(int id, int? fell) =>
            new()
            {
                Id = id,
                Size = id * 1.10m,
                Kind = (DayOfWeek)id,
                Key = new Guid(id, 0, 0, new byte[8]),
                Fell = fell,
                Note = fell is null
                ? null
                : $"n\u00f6te {id}"
            };
    }

    public ForestDb Open(params IInterceptor[] interceptors) => Open(options => options.AddInterceptors(interceptors));

    public ForestDb Open(Action<DbContextOptionsBuilder> configure)
    {
        var options = new DbContextOptionsBuilder();
        _database.Configure(options);
        configure(options.WithoutProviderCount());
        return new ForestDb(options.Options);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}

internal sealed class ForestDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<Tree> Trees => Set<Tree>();

    public DbSet<Leaf> Leaves => Set<Leaf>();
}

internal sealed class Tree
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public List<Leaf> Leaves { get; set; } = [];
}

internal sealed class Leaf
{
    public int Id { get; set; }

    public int TreeId { get; set; }

    public Tree? Tree { get; set; }

    public decimal Size { get; set; }

    public DayOfWeek Kind { get; set; }

    public Guid Key { get; set; }

    public int? Fell { get; set; }

    public string? Note { get; set; }
}
