using System.Text.Json;
using System.Text.RegularExpressions;

namespace MyApi.Tests;

/// <summary>The reasons of errors are on a page, each under a heading of its own that a program can link to.</summary>
public sealed partial class ReasonTests
{
    [Fact]
    public async Task Each_reason_is_on_the_page_and_the_page_has_no_other()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/errors.md"), TestContext.Current.CancellationToken);
        var named = Headings().Matches(page).Select(match => match.Groups[1].Value);
        var sent = new[] { "src", "app" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Reasons().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal(sent.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_type_of_problem_details_can_be_the_page_of_the_reason()
    {
        await using var app = await Api.StartAsync(builder => builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            if (context.ProblemDetails.Extensions.TryGetValue("reason", out var reason))
            {
                context.ProblemDetails.Type = $"https://docs.example.com/errors.html#{reason}";
            }
        }));
        Assert.Equal("https://docs.example.com/errors.html#token_missing", await TypeOf(app, "/auth/me"));
        Assert.Equal("about:blank", await TypeOf(app, "/posts/1"));
    }

    private static async Task<string?> TypeOf(TestApp app, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/problem+json");
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return problem.RootElement.GetProperty("type").GetString();
    }

    // An error's own, a token's, an API key's.
    [GeneratedRegex("""(?:Reason = "|static BearerError \w+ => new\("|Refuse\(StatusCodes\.\w+, \$?"[^"]*", ")([a-z]+(?:_[a-z]+)*)" ?[,;})]""")]
    private static partial Regex Reasons();

    [GeneratedRegex(@"^### ([a-z]+(?:_[a-z]+)*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
