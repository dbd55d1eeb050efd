using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MyApi.Tests;

/// <summary>The commands of an operator, beside an app that goes on serving the same database.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task The_first_admin_comes_from_the_command_line_with_a_password_shown_once()
    {
        await using var app = await Api.StartAsync();
        var (code, output, error) = await RunAsync(app, "user", "create", "root", "Root@example.com", "--admin");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("Made admin root. The password, shown once: ", output, StringComparison.Ordinal);
        await app.Client.PostJson("/auth/login", new { email = "root@example.com", password = output.Split(": ")[1] }).Expect(200);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("check", "--help")]
    [InlineData("client", "--help")]
    [InlineData("config", "--help")]
    [InlineData("db", "migrate", "--help")]
    [InlineData("keys", "rotate", "--help")]
    [InlineData("routes", "--help")]
    [InlineData("tasks", "list", "--help")]
    [InlineData("user", "create", "--help")]
    [InlineData("worker", "--help")]
    public async Task Help_needs_no_settings(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var folder = Directory.CreateTempSubdirectory("myapi-help-").FullName;
        var code = await CarafeApp.RunAsync([.. args, "--environment", "Production", "--contentRoot", folder], MyApp.Create, output, error);
        Directory.Delete(folder, recursive: true);
        Assert.Equal((0, ""), (code, error.ToString()));
        Assert.NotEqual("", output.ToString());
    }

    [Theory]
    [InlineData(1, "That username or e-mail address is taken.", "alice", "other@example.com")]
    [InlineData(1, "That username or e-mail address is taken.", "other", "ALICE@example.com")]
    [InlineData(2, "Email", "other", "nonsense")]
    [InlineData(2, "Username", "a b", "other@example.com")]
    public async Task An_account_that_will_not_do_is_refused_in_one_line(int code, string told, string username, string email)
    {
        await using var app = await Api.StartAsync();
        await app.UserAsync("alice");
        var (actual, output, error) = await RunAsync(app, "user", "create", username, email);
        Assert.Equal((code, ""), (actual, output));
        Assert.Contains(told, error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error);
        Assert.Equal(1, await app.WithAsync<AppDb, int>(db => db.Users.CountAsync()));
    }

    [Fact]
    public async Task A_disabled_account_is_refused_until_it_is_enabled()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        var login = new { email = "alice@example.com", password = Api.Password };
        var token = (await app.Client.PostJson("/auth/login", login).Expect<Carafe.Auth.TokenPair>(200)).AccessToken;

        Assert.Equal((0, "alice is disabled.", ""), await RunAsync(app, "user", "disable", "Alice@example.com"));
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        await app.WithToken(token).GetAsync("/auth/me").ExpectError(401);
        await app.Client.PostJson("/auth/login", login).ExpectError(401);
        Assert.Equal((0, "alice is enabled.", ""), await RunAsync(app, "user", "enable", "alice"));
        await app.Client.PostJson("/auth/login", login).Expect(200);
    }

    [Fact]
    public async Task Promotion_counts_and_the_list_shows_who_is_what()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.UserAsync("bob");
        var client = app.As(alice);
        await client.DeleteAsync("/users/2").ExpectError(403);
        Assert.Equal((0, "alice is an admin.", ""), await RunAsync(app, "user", "promote", "alice"));
        Assert.Equal((0, "bob is disabled.", ""), await RunAsync(app, "user", "disable", "bob"));
        var (_, list, _) = await RunAsync(app, "user", "list");
        Assert.Equal(
            ["1 admin alice alice@example.com", "2 user disabled bob bob@example.com"],
            list.ReplaceLineEndings("\n").Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        await client.DeleteAsync("/users/2").Expect(204);
        Assert.Equal((1, "", "There is no account 'carol'."), await RunAsync(app, "user", "promote", "carol"));
    }

    [Fact]
    public async Task The_key_ring_turns_and_never_loses_the_key_that_signs()
    {
        await using var app = await Api.StartAsync();
        var folder = Directory.CreateTempSubdirectory("myapi-keys").FullName;
        try
        {
            Task<(int Code, string Output, string Error)> Keys(params string[] args) =>
                RunAsync(app, new() { ["JWT_ALGORITHM"] = "ES256", ["JWT_KEYS_PATH"] = folder }, ["keys", .. args]);

            Assert.Equal(0, (await Keys("rotate", "--now")).Code);
            var first = (await Keys("list")).Output;
            Assert.EndsWith("signs", first, StringComparison.Ordinal);
            var id = first.Split(' ')[0];
            Assert.Equal(0, (await Keys("rotate")).Code);
            Assert.Equal(["waits", "signs"], (await Keys("list")).Output.ReplaceLineEndings("\n").Split('\n').Select(line => line.Split(' ')[^1]));
            Assert.Equal((1, "", "This key signs and no other can yet. Add one first: keys rotate --now"), await Keys("retire", id));
            Assert.Equal((1, "", "There is no key 'x'."), await Keys("retire", "x"));
            Assert.Equal(0, (await Keys("rotate", "--now")).Code);
            Assert.Equal((0, $"{id} is deleted.", ""), await Keys("retire", id));
            Assert.Equal(2, Directory.GetFiles(folder).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_new_key_that_finds_no_room_leaves_the_ring_as_it_was()
    {
        using var mount = SmallMount.Create("64k");
        await using var app = await Api.StartAsync();
        var folder = Path.Combine(mount.Folder, "keys");
        Task<(int Code, string Output, string Error)> Keys(params string[] args) =>
            RunAsync(app, new() { ["JWT_ALGORITHM"] = "ES256", ["JWT_KEYS_PATH"] = folder }, ["keys", .. args]);

        Assert.Equal(0, (await Keys("rotate", "--now")).Code);
        var (ring, files) = (await Keys("list"), Directory.GetFiles(folder));
        mount.Break("full");
        var (code, output, error) = await Keys("rotate");
        Assert.True((code, output) == (1, "") && !error.Contains('\n') && error.Contains(folder, StringComparison.Ordinal), $"{code}: {output}{error}");
        Assert.Equal(ring, await Keys("list"));
        Assert.Equal(files, Directory.GetFiles(folder));
        mount.Mend();
        Assert.Equal(0, (await Keys("rotate")).Code);
    }

    [Fact]
    public async Task A_shared_secret_has_no_ring()
    {
        await using var app = await Api.StartAsync();
        var (code, output, error) = await RunAsync(app, "keys", "rotate");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("JWT_ALGORITHM is HS256", error, StringComparison.Ordinal);
    }

    internal static Task<(int Code, string Output, string Error)> RunAsync(TestApp app, params string[] args) => RunAsync(app, [], args);

    private static async Task<(int Code, string Output, string Error)> RunAsync(TestApp app, Dictionary<string, string?> settings, string[] args)
    {
        settings["DATABASE_URL"] = app.Services.GetRequiredService<IConfiguration>()["DATABASE_URL"];
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CarafeApp.RunAsync(["--environment", "Testing", .. args], Create, output, error);
        return (code, output.ToString().TrimEnd(), error.ToString().TrimEnd());

        WebApplication Create(string[] arguments, Action<WebApplicationBuilder>? configure) => MyApp.Create(arguments, builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Logging.ClearProviders();
            configure?.Invoke(builder);
        });
    }
}
