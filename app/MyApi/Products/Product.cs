namespace MyApi.Products;

/// <summary>Represents a product.</summary>
public sealed class Product : ITimestamped, IVersioned
{
    public int Id { get; set; }

    [MaxLength(200)]
    public required string Name { get; set; }

    [MaxLength(10_000)]
    public string Description { get; set; } = "";

    public decimal Price { get; set; }

    public int Stock { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }
}
