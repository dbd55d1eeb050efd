namespace MyApi.Tests;

public sealed class TransportTests
{
    [Theory]
    [InlineData("https://api.example.com", "max-age=31536000; includeSubDomains")]
    [InlineData("https://localhost", null)]
    [InlineData("http://api.example.com", null)]
    public async Task A_browser_that_came_by_tls_is_told_to_come_by_tls_again(string address, string? expected)
    {
        await using var app = await Api.StartAsync();
        foreach (var path in new[] { "/posts", "/nope" })
        {
            using var response = await app.Client.GetAsync(address + path);
            Assert.Equal(expected, response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null);
        }
    }
}
