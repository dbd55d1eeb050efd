namespace MyApi.Products;

/// <summary>Anyone may read, admins may change.</summary>
public sealed class ProductsBlueprint : IBlueprint
{
    public static string Name => "products";

    public static void Map(RouteGroupBuilder products)
    {
        products.WithETag();
        products.MapGet("/", ListProducts).AllowAnonymous();
        products.MapGet("/{id:int}", GetProduct).AllowAnonymous();
        products.MapPost("/", CreateProduct).RequireAdmin().WithIdempotency().ProducesErrors(409);
        products.MapPut("/{id:int}", UpdateProduct).RequireAdmin().ProducesErrors(409);
        products.MapPatch("/{id:int}", PatchProduct).RequireAdmin().ProducesErrors(409);
        products.MapDelete("/{id:int}", DeleteProduct).RequireAdmin();
    }

    /// <summary>List products, newest first.</summary>
    internal static async Task<Ok<Paged<ProductResponse>>> ListProducts(PageQuery page, AppDb db) =>
        TypedResults.Ok(await db.Products.NewestFirst().ToPageAsync(page, ProductResponse.FromRow));

    /// <summary>Fetch one product.</summary>
    internal static async Task<Ok<ProductResponse>> GetProduct(int id, AppDb db) =>
        TypedResults.Ok(await db.Products.FindOr404Async(id, ProductResponse.FromRow));

    /// <summary>Create a product.</summary>
    internal static async Task<Created<ProductResponse>> CreateProduct(ProductRequest request, AppDb db, CancellationToken cancellationToken)
    {
        var product = new Product { Name = request.Name };
        request.CopyTo(product);
        db.Products.Add(product);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Created($"/products/{product.Id}", ProductResponse.From(product));
    }

    /// <summary>Replace a product's facts.</summary>
    internal static async Task<Ok<ProductResponse>> UpdateProduct(
        int id, ProductRequest request, AppDb db, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var product = await FindAsync(id, db, preconditions);
        request.CopyTo(product);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(ProductResponse.From(product));
    }

    /// <summary>Change some of a product's facts; absent members stay as they are.</summary>
    internal static async Task<Ok<ProductResponse>> PatchProduct(
        int id, MergePatch<ProductRequest> patch, AppDb db, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var product = await FindAsync(id, db, preconditions);
        (await patch.ApplyToAsync(ProductRequest.From(product))).CopyTo(product);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(ProductResponse.From(product));
    }

    /// <summary>Delete a product.</summary>
    internal static async Task<NoContent> DeleteProduct(int id, AppDb db, Preconditions preconditions, CancellationToken cancellationToken)
    {
        db.Products.Remove(await FindAsync(id, db, preconditions));
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.NoContent();
    }

    private static async Task<Product> FindAsync(int id, AppDb db, Preconditions preconditions)
    {
        var product = await db.Products.FindOr404Async(id);
        preconditions.ThrowIfFailed(product.Version);
        return product;
    }
}
