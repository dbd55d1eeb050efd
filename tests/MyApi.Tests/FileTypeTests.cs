namespace MyApi.Tests;

/// <summary>What a file's type may be, and what a browser may make of it.</summary>
public sealed class FileTypeTests
{
    [Theory]
    [InlineData("text/plain; charset=utf-8", "text/plain; charset=utf-8")]
    [InlineData("text/csv;header=present;charset=iso-8859-1", "text/csv; header=present; charset=iso-8859-1")]
    [InlineData("image/png", "image/png")]
    [InlineData("application/pdf", "application/pdf")]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("*/*", "application/octet-stream")]
    [InlineData("image/*", "application/octet-stream")]
    [InlineData("nonsense", "application/octet-stream")]
    [InlineData(null, "application/octet-stream")]
    [InlineData("text/plain; title=\"é\"", "text/plain")]
    public async Task A_type_is_kept_with_its_parameters_where_it_is_one(string? sent, string served)
    {
        await using var app = await Api.StartAsync();
        await PutAsync(app, "/files/a.bin", sent).Expect(201);
        using var response = await app.Client.GetAsync("/files/a.bin");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(served, response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("multipart/mixed; boundary=x")]
    [InlineData("Multipart/Related")]
    public async Task An_envelope_is_not_stored_as_if_it_were_the_file(string type)
    {
        await using var app = await Api.StartAsync();
        await PutAsync(app, "/files/a.bin", type).ExpectError(415);
        await app.Client.GetAsync("/files/a.bin").ExpectError(404);
    }

    [Theory]
    [InlineData("text/javascript")]
    [InlineData("application/javascript; charset=utf-8")]
    [InlineData("application/x-ecmascript")]
    [InlineData("text/livescript")]
    [InlineData("text/JScript")]
    [InlineData("text/css")]
    [InlineData("text/html; charset=utf-8")]
    [InlineData("application/xhtml+xml")]
    [InlineData("image/svg+xml")]
    [InlineData("text/xml")]
    [InlineData("application/xml")]
    [InlineData("application/atom+xml")]
    [InlineData("model/x3d+xml")]
    [InlineData("text/xsl")]
    [InlineData("text/x-component")]
    [InlineData("application/wasm")]
    [InlineData("application/importmap+json")]
    [InlineData("application/speculationrules+json")]
    [InlineData("text/cache-manifest")]
    [InlineData("application/manifest+json")]
    [InlineData("application/x-shockwave-flash")]
    [InlineData("application/hta")]
    [InlineData("message/rfc822")]
    [InlineData("x-unknown/anything")]
    public async Task Nothing_is_served_that_a_browser_would_run_in_this_origin(string type)
    {
        await using var app = await Api.StartAsync();
        await PutAsync(app, "/files/a.bin", type).Expect(201);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var response = await app.Client.SendAsync(new HttpRequestMessage(method, "/files/a.bin"));

            Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.ToString());
            Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        }
    }

    [Fact]
    public async Task A_file_is_refused_as_a_service_worker()
    {
        await using var app = await Api.StartAsync();
        await PutAsync(app, "/files/sw.js", "text/plain").Expect(201);
        await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/files/sw.js") { Headers = { { "Service-Worker", "script" } } }).ExpectError(403);
    }

    [Fact]
    public async Task The_same_bytes_under_another_type_have_another_tag()
    {
        await using var app = await Api.StartAsync();
        await PutAsync(app, "/files/a.bin", "text/plain").Expect(201);
        using var first = await app.Client.GetAsync("/files/a.bin");
        await PutAsync(app, "/files/a.bin", "text/csv").Expect(204);
        using var second = await app.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/files/a.bin") { Headers = { IfNoneMatch = { first.Headers.ETag! } } });

        Assert.Equal((HttpStatusCode.OK, "text/csv"), (second.StatusCode, second.Content.Headers.ContentType?.MediaType));
    }

    private static async Task<HttpResponseMessage> PutAsync(TestApp app, string path, string? type)
    {
        var user = await app.WithAsync<AppDb, Users.User?>(db => Task.FromResult(db.Users.FirstOrDefault())) ?? await app.UserAsync("alice");
        var content = new ByteArrayContent("<script>alert(1)</script>"u8.ToArray());
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return await app.As(user).PutAsync(path, content);
    }
}
