using System.Net.Http.Headers;

namespace MyApi.Tests;

public sealed class FilesTests
{
    [Fact]
    public async Task What_is_stored_comes_back_byte_for_byte()
    {
        await using var app = await Api.StartAsync();
        var bytes = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7)).ToArray();
        await app.As(await app.UserAsync("alice")).PutAsync("/files/a/b/c%20d.bin", new ByteArrayContent(bytes)).Expect(201);

        Assert.Equal(bytes, await app.Client.GetByteArrayAsync("/files/a/b/c%20d.bin"));
    }

    [Fact]
    public async Task A_file_answers_range_and_conditional_requests()
    {
        await using var app = await Api.StartAsync();
        await app.As(await app.UserAsync("alice")).PutAsync("/files/a.txt", new StringContent("0123456789")).Expect(201);
        using var whole = await app.Client.GetAsync("/files/a.txt");
        using var part = await app.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/files/a.txt") { Headers = { Range = new RangeHeaderValue(2, 4) } });
        using var same = await app.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/files/a.txt") { Headers = { IfNoneMatch = { whole.Headers.ETag! } } });

        Assert.False(whole.Headers.ETag!.IsWeak);
        Assert.Equal((HttpStatusCode.PartialContent, "234"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Theory]
    [InlineData("Range", "bytes=10-", 416, "bytes */10")]
    [InlineData("Range", "bytes=-0", 416, "bytes */10")]
    [InlineData("If-Match", "\"other\"", 412, null)]
    [InlineData("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT", 412, null)]
    public async Task A_part_that_is_not_there_and_a_condition_that_fails_are_errors_in_the_one_shape(string header, string value, int status, string? range)
    {
        await using var app = await Api.StartAsync();
        await app.As(await app.UserAsync("alice")).PutAsync("/files/a.txt", new StringContent("0123456789")).Expect(201);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var answer = await app.Client.SendAsync(With(new HttpRequestMessage(method, "/files/a.txt"), header, value));
            if (header == "Range" && method == HttpMethod.Head)
            {
                Assert.Equal(200, (int)answer.StatusCode);
                continue;
            }

            Assert.Equal((status, range), ((int)answer.StatusCode, answer.Content.Headers.ContentRange?.ToString()));
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Null(answer.Content.Headers.ContentDisposition);
            Assert.Null(answer.Content.Headers.LastModified);
            if (method == HttpMethod.Get)
            {
                await Task.FromResult(answer).ExpectError(status);
            }
        }
    }

    [Theory]
    [InlineData("items=0-1")]
    [InlineData("bytes=x")]
    [InlineData("bytes=5-2")]
    [InlineData("bytes")]
    [InlineData("bytes=0-1,4-5")]
    public async Task A_range_that_is_not_understood_gives_the_whole(string range)
    {
        await using var app = await Api.StartAsync();
        await app.As(await app.UserAsync("alice")).PutAsync("/files/a.txt", new StringContent("0123456789")).Expect(201);
        using var answer = await app.Client.SendAsync(With(new HttpRequestMessage(HttpMethod.Get, "/files/a.txt"), "Range", range));

        Assert.Equal((200, "0123456789"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Who_has_not_seen_the_latest_by_its_date_replaces_and_deletes_nothing()
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/a.txt", new StringContent("first")).Expect(201);
        using var read = await client.GetAsync("/files/a.txt");
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        await Put("second", "If-Unmodified-Since", read.Content.Headers.LastModified!.Value.ToString("R")).Expect(204);

        await Put("third", "If-Unmodified-Since", read.Content.Headers.LastModified!.Value.ToString("R")).ExpectError(412);
        await client.SendAsync(
            With(new HttpRequestMessage(HttpMethod.Delete, "/files/a.txt"), "If-Unmodified-Since", read.Content.Headers.LastModified!.Value.ToString("R")))
            .ExpectError(412);
        Assert.Equal("second", await client.GetStringAsync("/files/a.txt"));
        await Put("third", "If-Unmodified-Since", "not a date").Expect(204);

        Task<HttpResponseMessage> Put(string text, string header, string value) =>
            client.SendAsync(With(new HttpRequestMessage(HttpMethod.Put, "/files/a.txt") { Content = new StringContent(text) }, header, value));
    }

    [Fact]
    public async Task A_file_may_be_empty_and_is_not_stored_in_a_coding_that_nobody_would_undo()
    {
        await using var app = await Api.StartAsync();
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/empty.bin", new ByteArrayContent([])).Expect(201);
        Assert.Empty(await client.GetByteArrayAsync("/files/empty.bin"));

        await client.PutAsync("/files/a.gz", new ByteArrayContent([1]) { Headers = { { "Content-Encoding", "gzip" } } }).ExpectError(415);
        await client.GetAsync("/files/a.gz").ExpectError(404);
    }

    [Fact]
    public async Task A_browser_runs_nothing_of_a_file_in_this_origin()
    {
        await using var app = await Api.StartAsync();
        await app.As(await app.UserAsync("alice")).PutAsync("/files/x.html",
            new StringContent("<script>alert(1)</script>", System.Text.Encoding.UTF8, "text/html")).Expect(201);
        using var answer = await app.Client.GetAsync("/files/x.html");

        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("%2e%2e/secret")]
    [InlineData("%2e%2e%2fsecret")]
    [InlineData("..%2fsecret")]
    [InlineData("..%5csecret")]
    [InlineData("%252e%252e/secret")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData("a%00b")]
    [InlineData("a%0ab")]
    [InlineData("")]
    public async Task No_path_leaves_the_storage_folder(string path)
    {
        await using var app = await Api.StartAsync(listen: true);
        var client = app.As(await app.UserAsync("alice"));
        using var answer = await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Put,
                new Uri($"{client.BaseAddress}files/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
            {
                Content =
                new StringContent("x")
            });

        // A doubly encoded dot is an odd name and nothing more.
        Assert.Contains((int)answer.StatusCode, new[] { 201, 400, 404, 405 });
        Assert.All(await app.WithAsync<AppDb, string[]>(db => Task.FromResult(db.Files.Select(file => file.Blob).ToArray())),
            blob => Assert.Matches("^[0-9a-f]{32}$", blob));
    }

    [Theory]
    [InlineData(100, 201)]
    [InlineData(101, 413)]
    public async Task A_file_past_the_limit_is_refused_and_leaves_nothing(int length, int status)
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration["FILES_MAX_BYTES"] = "100");
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/known.bin", new ByteArrayContent(new byte[length])).Expect(status);
        var chunked = client.SendAsync(new HttpRequestMessage(HttpMethod.Put, "/files/chunked.bin") { Content = new StreamContent(new Chunks(length)) });
        await chunked.Expect(status);
        await app.Client.GetAsync("/files/chunked.bin").Expect(status == 201 ? 200 : 404);
    }

    [Fact]
    public async Task Only_its_owner_or_an_admin_replaces_a_file()
    {
        await using var app = await Api.StartAsync();
        var (alice, bob) = (await app.UserAsync("alice"), await app.UserAsync("bob"));
        await app.As(alice).PutAsync("/files/a.txt", new StringContent("hers")).Expect(201);

        await app.As(bob).PutAsync("/files/a.txt", new StringContent("his")).ExpectError(403);
        Assert.Equal("hers", await app.Client.GetStringAsync("/files/a.txt"));
        await app.As(alice).PutAsync("/files/a.txt", new StringContent("hers again")).Expect(204);
        Assert.Equal("hers again", await app.Client.GetStringAsync("/files/a.txt"));
    }

    [Fact]
    public async Task Of_many_who_replace_one_version_one_wins_and_no_bytes_are_left_behind()
    {
        var folder = Directory.CreateTempSubdirectory("myapi-files-").FullName;
        await using var app = await Api.StartAsync(builder => builder.Configuration["FILES_FOLDER"] = folder);
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/a.txt", new StringContent("first")).Expect(201);
        using var read = await client.GetAsync("/files/a.txt");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            client.SendAsync(
                new HttpRequestMessage(HttpMethod.Put, "/files/a.txt")
                {
                    Content = new StringContent($"new {i}"),
                    Headers = { IfMatch = { read.Headers.ETag! } }
                })));
        var free = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => client.PutAsync("/files/a.txt", new StringContent($"free {i}"))));

        Assert.Equal([(204, 1), (412, 5)], answers.GroupBy(answer => (int)answer.StatusCode).Select(group => (group.Key, group.Count())).Order());
        Assert.All(free, answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        Assert.Single(Directory.GetFiles(folder));
        await client.DeleteAsync("/files/a.txt").Expect(204);
        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(folder, recursive: true);
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string header, string value)
    {
        request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }

    private sealed class Chunks(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false;
    }
}
