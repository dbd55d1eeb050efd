using System.IO.Compression;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;

namespace MyApi.Tests;

/// <summary>Several callers behind one cache: a browser that two people use, a proxy. Nobody is shown what the database would not show them.</summary>
public sealed class SharedCacheTests
{
    private static readonly string[] Codings = ["", "gzip", "br"];

    [Fact]
    public async Task No_304_shows_a_caller_what_was_sent_to_another_or_in_another_coding()
    {
        await using var app = await Api.StartAsync(contract: false);
        var (alice, bob, root) = (await app.UserAsync("alice"), await app.UserAsync("bob"), await app.AdminAsync());
        await app.PostAsync(alice);
        await app.ProductAsync("Tea");
        await app.As(alice).PutAsync("/files/a.txt", new StringContent("text")).Expect(201);
        HttpClient[] callers = [app.Client, app.As(alice), app.As(bob), app.As(root)];
        var asked = 0;
        foreach (var path in Paths(app))
        {
            var kept = new List<Answer>();
            foreach (var (caller, coding) in callers.SelectMany(caller => Codings.Select(coding => (caller, coding))))
            {
                var own = await GetAsync(caller, path, coding, []);
                var asks = await GetAsync(caller, path, coding, kept);
                var shown = asks.Status == 304 ? Assert.Single(kept, answer => answer.Tag == asks.Tag) : asks;
                Assert.True(own.Shows(shown), $"{path} {coding}: {asks.Status} with {asks.Tag} shows {shown.Text} and not {own.Text}");
                Assert.Equal(own.Vary, asks.Vary);
                if (own.Tag is not null && kept.All(answer => answer.Tag != own.Tag))
                {
                    kept.Add(own);
                }

                asked++;
            }
        }

        Assert.True(asked >= 20 * callers.Length * Codings.Length, $"{asked}");
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("root")]
    public async Task A_caller_changes_what_they_have_read_by_the_tag_that_they_were_given(string name)
    {
        await using var app = await Api.StartAsync();
        var (alice, root) = (await app.UserAsync("alice"), await app.AdminAsync());
        var caller = app.As(name == "alice" ? alice : root);
        using var read = await caller.GetAsync($"/users/{alice.Id}");
        using var other = await app.Client.GetAsync($"/users/{alice.Id}");
        Assert.NotEqual(read.Headers.ETag, other.Headers.ETag);

        using var changed = await Put(read.Headers.ETag!);
        Assert.Equal(200, (int)changed.StatusCode);
        await Put(read.Headers.ETag!).ExpectError(412);
        using var again = await caller.GetAsync($"/users/{alice.Id}");
        Assert.Equal(changed.Headers.ETag, again.Headers.ETag);

        Task<HttpResponseMessage> Put(EntityTagHeaderValue tag) => caller.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/users/{alice.Id}")
        {
            Headers = { IfMatch = { tag } },
            Content = new StringContent("""{"username":"alicia"}""", System.Text.Encoding.UTF8, "application/json"),
        });
    }

    [Fact]
    public async Task The_same_bytes_stored_under_another_type_are_another_state()
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/a", new StringContent("x", new MediaTypeHeaderValue("text/plain"))).Expect(201);
        using var first = await client.GetAsync("/files/a");
        await client.PutAsync("/files/a", new StringContent("x", new MediaTypeHeaderValue("application/xml"))).Expect(204);

        using var again = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/files/a") { Headers = { IfNoneMatch = { first.Headers.ETag! } } });
        Assert.Equal(200, (int)again.StatusCode);
        await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Put, "/files/a") { Content = new StringContent("y"), Headers = { IfMatch = { first.Headers.ETag! } } })
            .ExpectError(412);
    }

    [Fact]
    public async Task A_file_replaced_within_a_second_or_after_the_clock_went_back_is_not_replaced_by_its_old_date()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        app.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await app.As(alice).PutAsync("/files/a", new StringContent("1")).Expect(201);
        var read = await DateAsync();
        app.Clock.Advance(TimeSpan.FromMilliseconds(500));
        await app.As(alice).PutAsync("/files/a", new StringContent("2")).Expect(204);
        await Put(read).ExpectError(412);
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        read = await DateAsync();
        app.Clock.AdjustTime(app.Clock.GetUtcNow().AddHours(-1));
        await app.As(alice).PutAsync("/files/a", new StringContent("3")).Expect(204);
        await Put(read).ExpectError(412);
        Assert.True(await DateAsync() <= app.Clock.GetUtcNow());
        app.Clock.Advance(TimeSpan.FromHours(2));
        await Put(await DateAsync()).Expect(204);

        async Task<DateTimeOffset> DateAsync()
        {
            using var answer = await app.Client.GetAsync("/files/a");
            return answer.Content.Headers.LastModified!.Value;
        }

        Task<HttpResponseMessage> Put(DateTimeOffset since) =>
            app.As(alice)
                .SendAsync(new HttpRequestMessage(HttpMethod.Put, "/files/a") { Content = new StringContent("new"), Headers = { IfUnmodifiedSince = since } });
    }

    [Theory]
    [InlineData(0, 206)]
    [InlineData(1, 200)]
    [InlineData(-1, 200)]
    public async Task A_range_is_conditional_on_exactly_the_date_that_was_sent(int seconds, int status)
    {
        await using var app = await Api.StartAsync();
        await app.As(await app.UserAsync("alice")).PutAsync("/files/a", new StringContent("0123456789")).Expect(201);
        app.Clock.Advance(TimeSpan.FromSeconds(3));
        using var whole = await app.Client.GetAsync("/files/a");
        using var request = new HttpRequestMessage(HttpMethod.Get,
            "/files/a")
        { Headers = { Range = new(0, 3), IfRange = new(whole.Content.Headers.LastModified!.Value.AddSeconds(seconds)) } };
        using var part = await app.Client.SendAsync(request);

        Assert.Equal(status, (int)part.StatusCode);
        using var head = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/files/a") { Headers = { Range = new(0, 3) } });
        Assert.Equal((200, 10L), ((int)head.StatusCode, head.Content.Headers.ContentLength));
    }

    // Every address that GET answers, with what is in the database.
    private static IEnumerable<string> Paths(TestApp app) =>
        from endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") is true
            && !endpoint.RoutePattern.RawText!.Contains("{**", StringComparison.Ordinal)
            || endpoint.RoutePattern.RawText!.StartsWith("/files/", StringComparison.Ordinal)
        select string.Concat('/', string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter =>
            parameter.Name switch { "path" => "a.txt", "username" => "alice", "document" => "v1", _ => "1" },
            _ => "",
        })))));

    private static async Task<Answer> GetAsync(HttpClient client, string path, string coding, IReadOnlyList<Answer> kept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding.Length > 0 ? coding : null);
        foreach (var answer in kept)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", answer.Tag);
        }

        using var response = await client.SendAsync(request);
        return new(
            (int)response.StatusCode,
            response.Headers.ETag?.ToString(),
            string.Join(", ", response.Headers.Vary),
            $"{response.Content.Headers.ContentType} {string.Join(", ", response.Content.Headers.ContentEncoding)}",
            await response.Content.ReadAsByteArrayAsync());
    }

    private sealed record Answer(int Status, string? Tag, string Vary, string Form, byte[] Body)
    {
        public string Text => $"{Form} {Body.Length} {System.Text.Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 300)))}";

        // What has no tag may say the time of day.
        public bool Shows(Answer other) =>
            Tag is null ? other.Tag is null : Form == other.Form && Body.AsSpan().SequenceEqual(other.Body) || (IsWeak && Decoded == other.Decoded);

        private bool IsWeak => Tag!.StartsWith("W/", StringComparison.Ordinal);

        private string Decoded
        {
            get
            {
                using var body = new MemoryStream(Body);
                using Stream text = Form.EndsWith(" gzip", StringComparison.Ordinal) ? new GZipStream(body, CompressionMode.Decompress)
                    : Form.EndsWith(" br", StringComparison.Ordinal) ? new BrotliStream(body, CompressionMode.Decompress) : body;
                return new StreamReader(text).ReadToEnd();
            }
        }
    }
}
