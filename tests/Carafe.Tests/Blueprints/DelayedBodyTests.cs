namespace Carafe.Tests.Blueprints;

/// <summary>What passes an after-hook arrives as it was written, byte by byte.</summary>
public sealed class DelayedBodyTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(999, 999)]
    [InlineData(1001, 7)]
    [InlineData(5000, 5000)]
    [InlineData(300_000, 4096)]
    [InlineData(300_000, 300_000)]
    public async Task Bytes_are_the_same_after_a_hook(int length, int piece)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        await using var app = await SmallApp.StartAsync(
            app =>
            {
                var hooked = app.MapGroup("").WithAfter(context =>
                {
                    context.Response.Headers["X-Hook"] = "ran";
                    return Task.CompletedTask;
                });
                hooked.MapGet("/stream", async (HttpContext context) =>
                {
                    foreach (var part in bytes.Chunk(piece))
                    {
                        await context.Response.Body.WriteAsync(part);
                    }
                });
                hooked.MapGet("/writer", async (HttpContext context) =>
                {
                    foreach (var part in bytes.Chunk(piece))
                    {
                        part.CopyTo(context.Response.BodyWriter.GetSpan(part.Length));
                        context.Response.BodyWriter.Advance(part.Length);
                    }

                    await context.Response.BodyWriter.FlushAsync();
                });
                hooked.MapGet("/bytes", () => TypedResults.Bytes(bytes));
            },
            listen: true);
        foreach (var path in new[] { "/stream", "/writer", "/bytes" })
        {
            using var response = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal("ran", Assert.Single(response.Headers.GetValues("X-Hook")));
            Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }
}
