using System.Linq.Expressions;
using System.Text.Json.Serialization;

namespace MyApi.Products;

/// <summary>A product.</summary>
[ListName("products")]
public sealed record ProductResponse(
    int Id, string Name, string Description, decimal Price, int Stock, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, [property: JsonIgnore] int Version)
    : IETagged
{
    // Two decimals in JSON, whatever the database keeps: SQLite returns 5 as 5.0.
    public decimal Price { get; } = Price + 0.00m;

    public static readonly Expression<Func<Product, ProductResponse>> FromRow =
        product => new ProductResponse(product.Id, product.Name, product.Description, product.Price, product.Stock, product.CreatedAt, product.UpdatedAt,
            product.Version);

    public static ProductResponse From(Product product) =>
        new(product.Id, product.Name, product.Description, product.Price, product.Stock, product.CreatedAt, product.UpdatedAt, product.Version);
}

/// <summary>What an admin gives.</summary>
public sealed record ProductRequest(
    [property: TextLength(1, 200)] string Name,
    [property: Price] decimal Price,
    [property: Range(0, int.MaxValue)] int Stock,
    [property: TextLength(10_000)] string Description = "")
{
    public static ProductRequest From(Product product) => new(product.Name, product.Price, product.Stock, product.Description);

    public void CopyTo(Product product)
    {
        product.Name = Name;
        product.Description = Description;
        product.Price = Price;
        product.Stock = Stock;
    }
}

/// <summary>A price: not negative, two decimals at most, below ten thousand million.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PriceAttribute : RangeAttribute
{
    public PriceAttribute()
        : base(typeof(decimal), "0", "9999999999.99") =>
        ErrorMessage = "must be a number from 0 to 9999999999.99 with at most two decimals.";

    public override bool IsValid(object? value) => value is null || (value is decimal { Scale: <= 2 } && base.IsValid(value));
}
