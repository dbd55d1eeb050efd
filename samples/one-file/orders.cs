#:sdk Microsoft.NET.Sdk.Web
#:package Carafe.App@*-*
#:property PublishAot=false

// Orders that a client may send twice: Idempotency-Key, entity tags, a command on the app's own command line.
using System.CommandLine;

return await CarafeApp.RunAsync(args, (args, configure) =>
{
    var builder = CarafeApp.CreateBuilder(args);
    builder.Services.AddDatabase<OrdersDb>().AddIdempotency<OrdersDb>().AddValidation().AddCommand(Total);
    configure?.Invoke(builder);

    var app = builder.Build();
    app.UseCarafe();
    app.MapPost("/orders", async (OrderRequest given, OrdersDb db) =>
    {
        var order = db.Add(new Order { Item = given.Item, Quantity = given.Quantity }).Entity;
        await db.SaveChangesAsync();
        return TypedResults.Created($"/orders/{order.Id}", new OrderResponse(order.Id, order.Item, order.Quantity));
    }).WithIdempotency(required: true, allowAnonymous: true);
    app.MapGet("/orders/{id:int}", (int id, OrdersDb db) => db.Orders.FindOr404Async(id, order => new OrderResponse(order.Id, order.Item, order.Quantity)));
    return app;
});

static Command Total(WebApplication app)
{
    var command = new Command("total", "Print how many items are ordered.");
    command.SetAction(async (parsed, cancel) =>
    {
        await using var scope = app.Services.CreateAsyncScope();
        var total = await scope.ServiceProvider.GetRequiredService<OrdersDb>().Orders.SumAsync(order => order.Quantity, cancel);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"{total}");
    });
    return command;
}

public record OrderRequest([property: TextLength(1, 80)] string Item, [property: Range(1, 99)] int Quantity);
public record OrderResponse(int Id, string Item, int Quantity);
public class Order
{
    public int Id { get; set; }
    public required string Item { get; set; }
    public int Quantity { get; set; }
}

public class OrdersDb(DbContextOptions<OrdersDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
    protected override void OnModelCreating(ModelBuilder model) => model.ConfigureIdempotency();
}
