using System.Globalization;
using System.Text.RegularExpressions;

namespace MyApi.Tests;

/// <summary>How long secrets live, where they are written down, and whom to tell of a hole.</summary>
public sealed partial class SecretLifeTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_secrets_with_the_old_ones_beside_them_end_no_session_and_no_cursor()
    {
        var (old, next) = (Secrets('a'), Secrets('b'));
        (string Access, string Refresh, string Cursor) held;
        await using (var api = await MyApiProcess.ServeAsync(_folder, Settings(old)))
        {
            await api.Client.RegisterAsync("alice").Expect(201);
            var tokens = await api.Client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).Expect(200);
            held = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!, "");
            foreach (var title in new[] { "one", "two" })
            {
                await SendAsync(api, HttpMethod.Post, "/posts", held.Access, JsonContent.Create(new { title, body = "b" })).Expect(201);
            }

            held.Cursor = (await api.Client.GetAsync("/posts?after=&limit=1", Stop).Expect(200)).GetProperty("next").GetString()!;
            Assert.Equal(0, await api.SignalAsync("TERM"));
        }

        var both = Settings(next);
        (both["SECRET_KEY_FALLBACKS"], both["JWT_SECRET_KEY_FALLBACKS"]) = (old.Secret, old.Jwt);
        await using (var api = await MyApiProcess.ServeAsync(_folder, both))
        {
            await SendAsync(api, HttpMethod.Get, "/auth/me", held.Access).Expect(200);
            await api.Client.GetAsync($"/posts?after={Uri.EscapeDataString(held.Cursor)}&limit=1", Stop).Expect(200);
            await SendAsync(api, HttpMethod.Post, "/auth/refresh", held.Refresh, JsonContent.Create(new { refresh_token = held.Refresh })).Expect(200);
        }

        await using (var api = await MyApiProcess.ServeAsync(_folder, Settings(next)))
        {
            await SendAsync(api, HttpMethod.Get, "/auth/me", held.Access).Expect(401);
            await api.Client.GetAsync($"/posts?after={Uri.EscapeDataString(held.Cursor)}&limit=1", Stop).Expect(400);
        }
    }

    [Fact]
    public async Task Security_txt_names_the_contacts_and_expires()
    {
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Configuration["SECURITY_CONTACT"] = "mailto:security@example.com, https://example.com/report";
            builder.Configuration["SECURITY_POLICY"] = "https://example.com/policy";
        });
        using var response = await api.Client.GetAsync("/.well-known/security.txt", Stop);
        var lines = (await response.Content.ReadAsStringAsync(Stop)).Split('\n');
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["Contact: mailto:security@example.com", "Contact: https://example.com/report"], lines[..2]);
        var expires = DateTimeOffset.Parse(lines[2]["Expires: ".Length..], CultureInfo.InvariantCulture);
        Assert.InRange((expires - api.Services.GetRequiredService<TimeProvider>().GetUtcNow()).TotalDays, 80, 365);
        Assert.Equal(["Policy: https://example.com/policy", ""], lines[3..]);
        await using var without = await Api.StartAsync();
        await without.Client.GetAsync("/.well-known/security.txt", Stop).Expect(404);
    }

    [Fact]
    public async Task A_contact_that_nobody_can_reach_stops_the_start()
    {
        var (code, output) = await MyApiProcess.RunAsync(_folder, new Dictionary<string, string> { ["SECURITY_CONTACT"] = "security@example.com" });
        Assert.Equal((78, true), (code, output.Contains("SECURITY_CONTACT: 'security@example.com' is no address", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_example_of_an_env_file_lists_every_setting()
    {
        var (code, template) = await MyApiProcess.RunAsync(_folder, new Dictionary<string, string>(), "config", "--env");
        Assert.Equal(0, code);
        var example = await File.ReadAllTextAsync(Path.Combine(Repository.Root, ".env.example"), Stop);
        var known = Name().Matches(template).Select(match => match.Groups["name"].Value).ToHashSet();
        var listed = Name().Matches(example).Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.Equal("", string.Join(' ', known.Except(listed)));
        // Read before there are settings, or by the platform.
        Assert.Equal(["ASPNETCORE_ENVIRONMENT", "DATA_FOLDER", "OTEL_EXPORTER_OTLP_HEADERS"], listed.Except(known).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (string Secret, string Jwt) Secrets(char letter) => ($"{letter}Z3nK8vQ2rT7wX1yB5dF9hJ4mL6sA0cE", $"{letter}Q7mW2xN9cV4tR6yU1iO3pL8kJ5hG0fD");

    private static Dictionary<string, string> Settings((string Secret, string Jwt) secrets) =>
        new() { ["SECRET_KEY"] = secrets.Secret, ["JWT_SECRET_KEY"] = secrets.Jwt };

    private static async Task<HttpResponseMessage> SendAsync(MyApiProcess api, HttpMethod method, string path, string token, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new("Bearer", token);
        return await api.Client.SendAsync(request, Stop);
    }

    [GeneratedRegex("^#? ?(?<name>[A-Z][A-Z0-9_]+)=", RegexOptions.Multiline)]
    private static partial Regex Name();
}
