namespace Carafe.Tests.Limits;

/// <summary>An app that forgets a line is not open: what an endpoint says must have who carries it out.</summary>
public sealed class MissingServiceTests
{
    [Fact]
    public async Task What_no_service_carries_out_stops_the_start()
    {
        var errors = await SmallApp.FaultsAsync(SmallApp.Build(["--environment", "Testing"], map: app =>
        {
            app.MapGet("/one", () => 1).WithLimit("1/day");
            app.MapGroup("/all").WithLimit("1/day").MapGet("/two", () => 2);
            app.MapGet("/keys", () => 3).AllowApiKeys("posts:read");
        }));
        Assert.Equal(
            ["AllowApiKeys does nothing on GET /keys: add builder.Services.AddApiKeys<TContext, TUser>().",
                "WithLimit does nothing on GET /one and 1 more: add builder.Services.AddLimits()."],
            errors.Order(StringComparer.Ordinal));
    }
}
