using Carafe.Auth;
using Carafe.Tests.Auth;
using Carafe.Tests.OpenApi;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Wires;

public sealed class ApiKeyTests
{
    [Fact]
    public async Task A_key_opens_what_takes_its_scope_and_nothing_else()
    {
        await using var app = await StartAsync();
        var key = await CreateAsync(app, "alice", ["posts:read"]);
        Assert.Equal("alice", (await GetAsync(app, "/posts-of-me", key.Key)).Json.GetString());
        Assert.Equal("insufficient_scope", Reason((await GetAsync(app, "/write", key.Key)).IsError(403)));
        Assert.Equal("api_key_not_allowed", Reason((await GetAsync(app, "/echo", key.Key)).IsError(403)));
        Assert.Equal("api_key_not_allowed", Reason((await GetAsync(app, "/open-to-all", key.Key)).IsError(403)));
        Assert.Equal(403, (await GetAsync(app, "/admin-only", (await CreateAsync(app, "bob", ["admin"])).Key)).Status);
        Assert.Equal(200, (await GetAsync(app, "/admin-only", (await CreateAsync(app, "root", ["admin"])).Key)).Status);

        // A token needs no scope.
        var pair = await app.LoginAsync();
        Assert.Equal(200, (int)(await app.GetAsync("/write", pair.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task A_key_that_is_wrong_revoked_expired_or_not_alone_is_refused()
    {
        await using var app = await StartAsync();
        var key = await CreateAsync(app, "alice", ["posts:read"], TimeSpan.FromDays(1));
        foreach (var wrong in (string[])["x", key.Key[..^1] + (key.Key[^1] == 'A' ? 'B' : 'A'), key.Key + "x", key.Key.ToUpperInvariant()])
        {
            Assert.Equal("api_key_invalid", Reason((await GetAsync(app, "/posts-of-me", wrong)).IsError(401)));
        }

        var pair = await app.LoginAsync();
        Assert.Equal("api_key_invalid", Reason((await app.SendAsync("GET", "/posts-of-me", (string?)null,
            headers: [("X-API-Key", key.Key), ("Authorization", $"Bearer {pair.AccessToken}")])).IsError(401)));

        Assert.Equal(200, (await GetAsync(app, "/posts-of-me", key.Key)).Status);
        app.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(401, (await GetAsync(app, "/posts-of-me", key.Key)).Status);
        var other = await CreateAsync(app, "alice", ["posts:read"]);
        var (alice, bob) = (await IdAsync(app, "alice"), await IdAsync(app, "bob"));
        Assert.Equal([other.Info.Id], await app.WithAsync<ApiKeyManager, Guid[]>(async keys => [.. (await keys.ListAsync(alice)).Select(known => known.Id)]));
        Assert.False(await app.WithAsync<ApiKeyManager, bool>(keys => keys.RevokeAsync(bob, other.Info.Id)));
        Assert.Equal(200, (await GetAsync(app, "/posts-of-me", other.Key)).Status);
        Assert.True(await app.WithAsync<ApiKeyManager, bool>(keys => keys.RevokeAsync(alice, other.Info.Id)));
        Assert.Equal(401, (await GetAsync(app, "/posts-of-me", other.Key)).Status);
    }

    [Fact]
    public async Task A_key_ends_with_its_account_and_its_text_is_stored_nowhere()
    {
        await using var app = await StartAsync();
        var (alice, bob) = (await CreateAsync(app, "alice", ["posts:read"]), await CreateAsync(app, "bob", ["posts:read"]));
        await app.WithAsync<AuthDb>(async db =>
        {
            db.People.Single(person => person.Username == "alice").DisabledAt = app.Clock.GetUtcNow();
            db.Remove(db.People.Single(person => person.Username == "bob"));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        });
        Assert.Equal(401, (await GetAsync(app, "/posts-of-me", alice.Key)).Status);
        Assert.Equal(401, (await GetAsync(app, "/posts-of-me", bob.Key)).Status);
        await app.WithAsync<AuthDb>(async db => await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", TestContext.Current.CancellationToken));
        var stored = await File.ReadAllBytesAsync(Path.Combine(app.Folder(), "auth.db"), TestContext.Current.CancellationToken);
        Assert.True(stored.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(alice.Info.Prefix)) > 0);
        Assert.True(stored.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(alice.Key)) < 0);
    }

    [Fact]
    public async Task The_document_says_which_operations_take_a_key()
    {
        await using var app = await StartAsync();
        var document = await TokenWireTests.DocumentAsync(app);
        Assert.Equal("""[{"bearer":[]},{"api_key":["posts:read"]}]""", document["paths"]!["/posts-of-me"]!["get"]!["security"]!.ToJsonString());
        Assert.Equal("""[{"bearer":[]}]""", document["paths"]!["/echo"]!["get"]!["security"]!.ToJsonString());
        Assert.Equal(("apiKey", "X-API-Key"), (document.At("components/securitySchemes/api_key/type"), document.At("components/securitySchemes/api_key/name")));
        Assert.Contains("X-API-Key", (await app.SendAsync("GET", "/posts-of-me")).Headers["Vary"].Split(", "));
    }

    [Theory]
    [InlineData("", "posts:read", 1)]
    [InlineData("ci", "", 1)]
    [InlineData("ci", "a\"b", 1)]
    [InlineData("ci", "posts:read", 0)]
    public async Task A_key_needs_a_name_a_scope_and_time(string name, string scope, int days)
    {
        await using var app = await StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => app.WithAsync<ApiKeyManager, CreatedApiKey>(
            keys => keys.CreateAsync(1, name, scope.Length == 0 ? [] : [scope], TimeSpan.FromDays(days))));
    }

    [Fact]
    public async Task A_scope_with_a_space_is_not_two_scopes()
    {
        await using var app = await StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => CreateAsync(app, "alice", ["posts:read admin"]));
        await Assert.ThrowsAsync<ArgumentException>(() => CreateAsync(app, "alice", ["posts:read", ""]));
    }

    [Fact]
    public async Task Creating_a_key_saves_nothing_else_and_is_undone_with_the_transaction()
    {
        await using var app = await StartAsync();
        var alice = await IdAsync(app, "alice");
        Assert.Equal(409, (await app.SendAsync("POST", "/half-done")).Status);
        Assert.Equal("alice@example.com", await app.WithAsync<AuthDb, string>(db => Task.FromResult(db.People.Single(person => person.Id == alice).Email)));
        Assert.Single(await app.WithAsync<ApiKeyManager, IReadOnlyList<ApiKeyInfo>>(keys => keys.ListAsync(alice)));
        Assert.Equal(409, (await app.SendAsync("POST", "/undone")).Status);
        Assert.Single(await app.WithAsync<ApiKeyManager, IReadOnlyList<ApiKeyInfo>>(keys => keys.ListAsync(alice)));
    }

    [Fact]
    public async Task What_is_done_with_keys_is_logged_as_a_security_event()
    {
        using var log = new Http.LogLines();
        await using var app = await StartAsync(services: services => services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(log));
        var (alice, key) = (await IdAsync(app, "alice"), await CreateAsync(app, "alice", ["posts:read"]));
        await GetAsync(app, "/write", key.Key);
        await app.WithAsync<ApiKeyManager, bool>(keys => keys.RevokeAsync(alice, key.Info.Id));
        await GetAsync(app, "/posts-of-me", key.Key);
        Assert.Equal(
            [
                $"User {alice} got API key {key.Info.Id} with the scopes posts:read",
                $"API key {key.Info.Id} of user {alice} is revoked",
            ],
            log.Of("Carafe.Auth.ApiKeyManager"));
        Assert.Equal(
            [
                $"API key {key.Info.Id} from (null) was refused: insufficient_scope",
                "API key (null) from (null) was refused: api_key_invalid",
            ],
            log.Of("Carafe.Auth.ApiKeyHandler").Where(line => line.StartsWith("API key", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.From(Microsoft.Extensions.Logging.LogLevel.Trace), line => line.Contains(key.Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Cookie")]
    [InlineData("host")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X Key")]
    [InlineData("")]
    public async Task Keys_in_a_header_with_a_meaning_of_its_own_stop_the_start(string header)
    {
        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(header: header));
        Assert.Contains($"AddApiKeys has the header '{header}': it must be the name of a header without a meaning of its own.", fault.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_and_tokens_in_one_header_stop_the_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(auth => auth.TokenHeader = "x-api-key"));
        Assert.Contains("AddApiKeys and TOKEN_HEADER both use the header X-API-Key.", fault.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(
        Action<AuthOptions>? auth = null, Action<IServiceCollection>? services = null, string header = "X-API-Key") => TokenWireTests.StartAsync(
        auth,
        all =>
        {
            all.AddApiKeys<AuthDb, Person>(header);
            services?.Invoke(all);
        },
        app =>
        {
            app.MapGet("/posts-of-me", (CurrentUser me) => TypedResults.Ok(me.Username)).AllowApiKeys("posts:read");
            app.MapGet("/write", (CurrentUser me) => TypedResults.Ok(me.Username)).AllowApiKeys("posts:write");
            app.MapGet("/admin-only", () => TypedResults.Ok("admin")).RequireAdmin().AllowApiKeys("admin");
            app.MapPost("/half-done", HalfDone).AllowAnonymous();
            app.MapPost("/undone", Undone).AllowAnonymous();
            app.MapGet("/open-to-all", (CurrentUser? me) => TypedResults.Ok(me?.Username ?? "nobody")).AllowAnonymous();
        });

    private static async Task HalfDone(AuthDb db, ApiKeyManager keys)
    {
        var alice = db.People.Single(person => person.Username == "alice");
        alice.Email = "half@example.com";
        await keys.CreateAsync(alice.Id, "ci", ["posts:read"]);
        throw Abort.Conflict("Not now.");
    }

    private static async Task Undone(AuthDb db, ApiKeyManager keys)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var alice = db.People.Single(person => person.Username == "alice");
        await keys.CreateAsync(alice.Id, "ci", ["posts:read"]);
        throw Abort.Conflict("Not now.");
    }

    private static Task<Answer> GetAsync(TestApp app, string path, string key) => app.SendAsync("GET", path, (string?)null, headers: ("X-API-Key", key));

    private static string Reason(Answer answer) => answer.Json.GetProperty("reason").GetString()!;

    private static Task<int> IdAsync(TestApp app, string username) =>
        app.WithAsync<AuthDb, int>(db => Task.FromResult(db.People.Single(person => person.Username == username).Id));

    private static async Task<CreatedApiKey> CreateAsync(TestApp app, string username, string[] scopes, TimeSpan? lifetime = null)
    {
        var id = await IdAsync(app, username);
        return await app.WithAsync<ApiKeyManager, CreatedApiKey>(keys => keys.CreateAsync(id, "ci", scopes, lifetime));
    }
}
