namespace MyApi.Tests;

/// <summary>Names that look alike are one file's or nobody's.</summary>
public sealed class FileNameTests
{
    [Theory]
    [InlineData("a%E2%80%AEb", "a right-to-left override")]
    [InlineData("a%E2%81%A6b", "an isolate")]
    [InlineData("a%E2%80%8Fb", "a right-to-left mark")]
    [InlineData("a%D8%9Cb", "an Arabic letter mark")]
    [InlineData("a%E2%80%8Bb", "a zero-width space")]
    [InlineData("a%EF%BB%BFb", "a byte order mark")]
    [InlineData("a%C2%ADb", "a soft hyphen")]
    [InlineData("a%C2%A0b", "a no-break space")]
    [InlineData("a%E2%80%A8b", "a line separator")]
    [InlineData("a%EE%80%80b", "private use")]
    [InlineData("a%E3%85%A4b", "a blank letter")]
    [InlineData("a%20", "a blank at the end")]
    [InlineData("%20a", "a blank at the start")]
    [InlineData("e%CC%81", "an accent apart from its letter")]
    [InlineData("%D0%B0pple.txt", "a Cyrillic letter in a Latin word")]
    [InlineData("%ff", "a byte that is no UTF-8")]
    [InlineData("a%FFb", "a byte that is no UTF-8")]
    [InlineData("a%252Fb", "an encoding within the encoding")]
    public async Task A_name_that_hides_what_it_is_is_refused(string path, string what)
    {
        await using var app = await Api.StartAsync(listen: true);
        var client = app.As(await app.UserAsync("alice"));
        using var response = await client.SendAsync(Raw(client, HttpMethod.Put, path));

        Assert.True((int)response.StatusCode is 400 or 404, $"{what}: {(int)response.StatusCode}");
        await Task.FromResult(response).ExpectError((int)response.StatusCode);
    }

    [Theory]
    [InlineData("X.txt", "x.txt")]
    [InlineData("a/B.txt", "A/b.txt")]
    [InlineData("%C3%89.txt", "%C3%A9.txt")]
    [InlineData("%CE%A3.txt", "%CF%82.txt")]
    [InlineData("K.txt", "%E2%84%AA.txt")]
    [InlineData("A.txt", "%EF%BC%A1.txt")]
    [InlineData("a%20b", "a%20%20b")]
    public async Task Names_that_differ_in_case_alone_are_not_two_files(string first, string second)
    {
        await using var app = await Api.StartAsync(listen: true);
        var (alice, bob) = (app.As(await app.UserAsync("alice")), app.As(await app.UserAsync("bob")));
        await alice.SendAsync(Raw(alice, HttpMethod.Put, first)).Expect(201);

        await bob.SendAsync(Raw(bob, HttpMethod.Put, second)).ExpectError(409);
        await bob.SendAsync(Raw(bob, HttpMethod.Get, second)).ExpectError(404);
        await alice.SendAsync(Raw(alice, HttpMethod.Put, second)).ExpectError(409);
        await alice.SendAsync(Raw(alice, HttpMethod.Put, first)).Expect(204);
        await alice.SendAsync(Raw(alice, HttpMethod.Delete, first)).Expect(204);
        await bob.SendAsync(Raw(bob, HttpMethod.Put, second)).Expect(201);
    }

    [Theory]
    [InlineData("%D0%BE%D1%82%D1%87%D1%91%D1%82.txt")]
    [InlineData("%E6%97%A5%E6%9C%AC%E8%AA%9E/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80.txt")]
    [InlineData("%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7.png")]
    [InlineData("%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85.txt")]
    [InlineData("100%25%20sure.txt")]
    [InlineData("a+b=c;d,e.txt")]
    public async Task A_name_in_any_script_is_a_name(string path)
    {
        await using var app = await Api.StartAsync(listen: true);
        var client = app.As(await app.UserAsync("alice"));
        using var stored = await client.SendAsync(Raw(client, HttpMethod.Put, path));

        Assert.Equal(201, (int)stored.StatusCode);
        Assert.Equal("x", await app.Client.GetStringAsync(stored.Headers.Location));
    }

    [Fact]
    public async Task Of_two_who_store_names_that_look_alike_at_once_one_has_it()
    {
        await using var app = await Api.StartAsync();
        var users = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i => app.As(await app.UserAsync($"user{i}"))));
        var responses = await Task.WhenAll(users.Select((user, i) => user.PutAsync(i % 2 == 0 ? "/files/x.txt" : "/files/X.txt", new StringContent("x"))));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.All(responses, response => Assert.Contains((int)response.StatusCode, new[] { 201, 403, 409 }));
    }

    private static HttpRequestMessage Raw(HttpClient client, HttpMethod method, string path) =>
        new(method, new Uri($"{client.BaseAddress}files/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = method == HttpMethod.Put ? new StringContent("x") : null,
        };
}
