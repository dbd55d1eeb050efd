using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Hosting;

namespace Carafe.Tests.Http;

public sealed class BodyTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_body_of_another_type_is_415_and_says_which_is_read(string? type)
    {
        foreach (var environment in new[] { "Development", "Testing" })
        {
            await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Environment.EnvironmentName = environment);
            var answer = (await app.SendAsync("POST", "/items", Encoding.UTF8.GetBytes(Items.Line), type)).IsError(415);
            Assert.Equal("application/json", answer.Headers["Accept-Post"]);
        }
    }

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        var answer = (await app.SendAsync("POST", "/items", Items.Line, headers: ("Content-Encoding", "gzip"))).IsError(415);
        Assert.Equal("identity", answer.Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_the_app_lives_on()
    {
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Configuration["MAX_BODY_SIZE"] = "2048", listen: true);
        var body = """{"product_title":"Tea","count":1""" + new string(' ', 2048 - Items.Line.Length) + "}";
        Assert.Equal(200, (await app.SendAsync("POST", "/items", body)).Status);
        (await app.SendAsync("POST", "/items", body + " ")).IsError(413);
        using var chunked = new HttpRequestMessage(HttpMethod.Post,
            "/items")
        { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(body + " "))) };
        chunked.Content.Headers.Add("Content-Type", "application/json");
        chunked.Headers.TransferEncodingChunked = true;
        using var response = await app.Client.SendAsync(chunked, TestContext.Current.CancellationToken);
        (await Answer.ReadAsync(response)).IsError(413);
        Assert.Equal(200, (await app.SendAsync("POST", "/large", body + " ")).Status);
        Assert.Equal(200, (await app.SendAsync("POST", "/items", body)).Status);
    }

    [Fact]
    public async Task Many_bodies_good_and_bad_travel_over_one_connection()
    {
        await using var app = await SmallApp.StartAsync(Items.Map, listen: true);
        for (var round = 0; round < 50; round++)
        {
            var body = $$"""{"product_title":"{{new string('x', round * 400 % 10)}}y","count":1{{new string(' ', round * 4000)}}}""";
            Assert.Equal(200, (await app.SendAsync("POST", "/items", body)).Status);
            (await app.SendAsync("POST", "/items", $$"""{"product_title":"Tea","count":"x"{{new string(' ', round * 1000)}}}""")).IsError(400);
        }
    }

    [Fact]
    public async Task Where_the_platform_decompresses_a_bomb_is_413_and_what_is_no_gzip_is_400()
    {
        await using var app = await SmallApp.StartAsync(
            Items.Map,
            builder =>
            {
                builder.Services.AddRequestDecompression();
                builder.Services.AddErrorMap<InvalidDataException>((_, _) => new ApiError(400, "The body is not in its Content-Encoding."));
                builder.Services.AddTransient<IStartupFilter, DecompressFirst>();
            },
            listen: true);
        Assert.Equal(200, (await SendAsync(Zip(Encoding.UTF8.GetBytes(Items.Line)))).Status);
        var bomb = Zip(Encoding.UTF8.GetBytes(Items.Line[..^1] + new string(' ', 64 * 1024 * 1024) + "}"));
        Assert.InRange(bomb.Length, 1, 100_000);
        (await SendAsync(bomb)).IsError(413);
        (await SendAsync(Encoding.UTF8.GetBytes(Items.Line))).IsError(400);
        (await SendAsync(Zip(Encoding.UTF8.GetBytes(Items.Line))[..^12])).IsError(400);
        Assert.Equal(200, (await app.SendAsync("POST", "/items", Items.Line)).Status);

        Task<Answer> SendAsync(byte[] body) => app.SendAsync("POST", "/items", body, headers: ("Content-Encoding", "gzip"));
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private sealed class DecompressFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseRequestDecompression();
            next(app);
        };
    }
}
