namespace Carafe.MySql.Tests;

public sealed class Blog
{
    public int Id { get; set; }

    public string Name { get; set; } = "";

    public int Rank { get; set; }

    public List<Post> Posts { get; } = [];

    public Address Address { get; set; } = new();

    public List<Link> Links { get; set; } = [];
}

public sealed class Post
{
    public int Id { get; set; }

    public int BlogId { get; set; }

    public Blog Blog { get; set; } = null!;

    public string Title { get; set; } = "";

    public string? Note { get; set; }

    public int Likes { get; set; }

    public int? Score { get; set; }

    public double Weight { get; set; }

    public decimal Price { get; set; }

    public bool IsPublic { get; set; }

    public DateTime At { get; set; }

    public DateOnly Day { get; set; }

    public TimeOnly Clock { get; set; }

    public Flags Flags { get; set; }

    public List<string> Tags { get; set; } = [];

    public List<int> Votes { get; set; } = [];

    public List<Tag> Labels { get; set; } = [];

    public long Version { get; set; }
}

public sealed class Tag
{
    public string Id { get; set; } = "";

    public List<Post> Posts { get; set; } = [];
}

[Flags]
public enum Flags
{
    None = 0,
    Hot = 1,
    New = 2,
    Old = 4,
}

/// <summary>An owned type in a JSON column.</summary>
public sealed class Address
{
    public string Street { get; set; } = "";

    public int Number { get; set; }

    public bool IsOffice { get; set; }

    public DateTime Since { get; set; }

    public string? Floor { get; set; }

    public decimal Rent { get; set; }
}

/// <summary>Owned types in a JSON column.</summary>
public sealed class Link
{
    public string Url { get; set; } = "";

    public int Weight { get; set; }
}

/// <summary>A row with a complex type in a JSON column, and a key of two columns.</summary>
public sealed class Slot
{
    public int Row { get; set; }

    public int Column { get; set; }

    public string Label { get; set; } = "";

    public Place Place { get; set; } = new("", 0);
}

public sealed record Place(string City, int Code);

public sealed class BlogDb(DbContextOptions<BlogDb> options) : DbContext(options)
{
    public DbSet<Blog> Blogs => Set<Blog>();

    public DbSet<Post> Posts => Set<Post>();

    public DbSet<Slot> Slots => Set<Slot>();

    public static List<Blog> Sample()
    {
        var tags = new[] { "x", "y", "z" }.Select(id => new Tag { Id = id }).ToList();
        var blogs = Enumerable.Range(1, 5).Select(number => new Blog
        {
            Name = new[] { "alpha", "Beta", "gamma ", "Δelta", "O'Neil \\" }[number - 1],
            Rank = number * 7 % 5,
            Address = new Address
            {
                Street = $"Street {number}",
                Number = number,
                IsOffice = number % 2 == 0,
                Since = new DateTime(2020, number, 1, 12, 0, 0, DateTimeKind.Utc),
                Floor = number == 3 ? null : $"{number}",
                Rent = number * 1.5m,
            },
            Links = [.. Enumerable.Range(0, number % 3).Select(link => new Link { Url = $"https://{link}", Weight = link * number })],
        }).ToList();
        var id = 0;
        foreach (var blog in blogs)
        {
            for (var post = 0; post < 4; post++)
            {
                id++;
                blog.Posts.Add(new Post
                {
                    BlogId = 0,
                    Blog = blog,
                    Title = $"{new[] { "Hello", " world ", "a_b%c", "été\t" }[post]}{id}",
                    Note = id % 3 == 0 ? null : $"note {id}",
                    Likes = (id * 13 % 17) - 5,
                    Score = id % 4 == 0 ? null : id,
                    Weight = id / 3.0,
                    Price = id * 1.37m,
                    IsPublic = id % 2 == 0,
                    At = new DateTime(2024, 1, 31, 23, 30, 0, DateTimeKind.Unspecified).AddDays(id * 17).AddMilliseconds(id * 1234),
                    Day = new DateOnly(2024, 1, 31).AddDays(id * 29),
                    Clock = new TimeOnly(id, 30, 15, id * 7),
                    Flags = (Flags)(id % 8),
                    Tags = [.. Enumerable.Range(0, id % 4).Select(tag => $"t{tag}")],
                    Votes = [.. Enumerable.Range(0, id % 5).Select(vote => vote * id)],
                    Labels = [.. tags.Take(id % 4)],
                });
            }
        }

        return blogs;
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Blog>().OwnsOne(blog => blog.Address, address => address.ToJson());
        modelBuilder.Entity<Blog>().OwnsMany(blog => blog.Links, link => link.ToJson());
        modelBuilder.Entity<Blog>().HasIndex(blog => blog.Name).IsUnique().HasDatabaseName("ix_blog_name");
        modelBuilder.Entity<Blog>().ToTable(table => table.HasCheckConstraint("ck_rank", "`Rank` < 1000"));
        modelBuilder.Entity<Post>().Property(post => post.Version).IsConcurrencyToken();
        modelBuilder.Entity<Post>().Property(post => post.Price).HasPrecision(12, 2);
        modelBuilder.Entity<Slot>().HasKey(slot => new { slot.Row, slot.Column });
        modelBuilder.Entity<Slot>().ComplexProperty(slot => slot.Place, place => place.ToJson());
    }
}
