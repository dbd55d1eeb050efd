using Carafe.Configuration;

namespace Carafe.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public sealed class SecretSettings
    {
        [Secret]
        public string ApiKey { get; set; } = "";

        [Secret]
        public string? PartnerKey { get; set; }

        [Secret]
        public IReadOnlyList<string> ApiKeyFallbacks { get; set; } = [];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Production_refuses_a_missing_secret_and_says_how_to_make_one()
    {
        await using var app = Build("Production", []);

        Assert.Equal(
            ["SECRET_KEY: is required in Production. Make one with: openssl rand -base64 48",
                "API_KEY: is required in Production. Make one with: openssl rand -base64 48"],
            await SmallApp.FaultsAsync(app));
    }

    [Theory]
    [InlineData("hunter2hunter2hunter2", "has 21 bytes and needs at least 32")]
    [InlineData("change-me-change-me-change-me-now", "is a placeholder")]
    [InlineData("Change_This_to_something_random_ok", "is a placeholder")]
    [InlineData("my super SECRET key of the app 9471", "is a placeholder")]
    [InlineData("correct-horse-battery-password-staple", "is a placeholder")]
    [InlineData("your-256-bit-secret-goes-here-0123", "is a placeholder")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "has too little variety")]
    [InlineData("0123456789abcdef0123456789abcdef", "is a placeholder")]
    [InlineData("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ", "has too little variety")]
    [InlineData("d7Kq2d7Kq2d7Kq2d7Kq2d7Kq2d7Kq2d7Kq2", "has too little variety")]
    public async Task Production_refuses_a_weak_secret_and_never_shows_it(string secret, string reason)
    {
        await using var app = Build("Production", new() { ["SECRET_KEY"] = SmallApp.StrongSecret, ["API_KEY"] = secret });

        var fault = Assert.Single(await SmallApp.FaultsAsync(app));

        Assert.StartsWith($"API_KEY: the value {reason}", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_random_value_is_never_refused()
    {
        var random = new Random(42);
        Span<byte> bytes = stackalloc byte[32];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            Assert.Null(SecretStrength.Error(Convert.ToBase64String(bytes), production: true));
            Assert.Null(SecretStrength.Error(Convert.ToHexStringLower(bytes), production: true));
        }
    }

    [Fact]
    public async Task A_short_secret_is_refused_everywhere_and_a_placeholder_only_in_Production()
    {
        await using var shorter = Build("Testing", new() { ["API_KEY"] = "dev" });
        await using var placeholder = Build("Testing", new() { ["API_KEY"] = "change-me-change-me-change-me-now" });

        Assert.Equal("API_KEY: the value has 3 bytes and needs at least 32. Make one with: openssl rand -base64 48",
            Assert.Single(await SmallApp.FaultsAsync(shorter)));
        Assert.Equal("change-me-change-me-change-me-now", placeholder.Services.GetRequiredService<SecretSettings>().ApiKey);
    }

    [Fact]
    public async Task Fallbacks_are_a_list_of_secrets_and_a_nullable_secret_may_be_missing()
    {
        await using var app = Build("Production", Strong(("API_KEY_FALLBACKS", $"{SmallApp.StrongSecret}1,{SmallApp.StrongSecret}2")));
        await using var weak = Build("Production", Strong(("API_KEY_FALLBACKS", $"{SmallApp.StrongSecret}1,short")));

        var settings = app.Services.GetRequiredService<SecretSettings>();

        Assert.Equal([SmallApp.StrongSecret + "1", SmallApp.StrongSecret + "2"], settings.ApiKeyFallbacks);
        Assert.Null(settings.PartnerKey);
        Assert.StartsWith("API_KEY_FALLBACKS: the value has 5 bytes", Assert.Single(await SmallApp.FaultsAsync(weak)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_may_hold_the_secret()
    {
        _folder.With("key", SmallApp.StrongSecret + "-filed\r\n");
        await using var app = Build("Production",
            new() { ["SECRET_KEY"] = SmallApp.StrongSecret, ["API_KEY_FILE"] = "key", ["API_KEY_FALLBACKS_FILE"] = Path.Combine(_folder.Path, "key") });

        var settings = app.Services.GetRequiredService<SecretSettings>();

        Assert.Equal(SmallApp.StrongSecret + "-filed", settings.ApiKey);
        Assert.Equal([SmallApp.StrongSecret + "-filed"], settings.ApiKeyFallbacks);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 })]
    public async Task A_file_that_is_not_UTF_8_is_a_fault_and_not_another_secret(byte[] bytes)
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "binary"), [.. System.Text.Encoding.ASCII.GetBytes(SmallApp.StrongSecret), .. bytes],
            TestContext.Current.CancellationToken);
        await using var app = Build("Production", new() { ["SECRET_KEY"] = SmallApp.StrongSecret, ["API_KEY_FILE"] = "binary" });
        Assert.StartsWith("API_KEY_FILE: 'binary' is not UTF-8 text.", Assert.Single(await SmallApp.FaultsAsync(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_and_a_secret_set_twice_are_faults()
    {
        await using var app = Build("Production",
            new() { ["SECRET_KEY"] = SmallApp.StrongSecret, ["SECRET_KEY_FILE"] = "key", ["API_KEY_FILE"] = "/nowhere/key" });

        Assert.Collection(
            await SmallApp.FaultsAsync(app),
            twice => Assert.Equal("SECRET_KEY: is set twice, by itself and by SECRET_KEY_FILE. Remove one.", twice),
            missing => Assert.StartsWith("API_KEY_FILE: '/nowhere/key' cannot be read", missing, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Development_makes_a_secret_once_and_keeps_it_from_git_and_from_others()
    {
        await using var first = Build("Development", []);
        var made = first.Services.GetRequiredService<SecretSettings>().ApiKey;
        await using var second = Build("Development", []);

        Assert.Equal(made, second.Services.GetRequiredService<SecretSettings>().ApiKey);
        Assert.NotEqual(made, second.Services.GetRequiredService<CarafeSettings>().SecretKey);
        Assert.Null(SecretStrength.Error(made, production: true));
        Assert.Equal("*\n", await File.ReadAllTextAsync(Path.Combine(_folder.Path, ".carafe", ".gitignore"), TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, ".carafe", "API_KEY")));
        }
    }

    [Fact]
    public async Task Apps_that_start_at_once_agree_on_the_secret()
    {
        var apps = Enumerable.Range(0, 32).Select(_ => Build("Development", [])).ToList();

        var made = await Task.WhenAll(apps.Select(app => Task.Run(() => app.Services.GetRequiredService<SecretSettings>().ApiKey)));

        Assert.Single(made.Distinct());
        Assert.Equal([".gitignore", "API_KEY"], Directory.GetFiles(Path.Combine(_folder.Path, ".carafe")).Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }
    }

    [Fact]
    public async Task Testing_makes_a_secret_for_each_app_and_writes_nothing()
    {
        await using var first = Build("Testing", []);
        await using var second = Build("Testing", []);

        Assert.NotEqual(first.Services.GetRequiredService<SecretSettings>().ApiKey, second.Services.GetRequiredService<SecretSettings>().ApiKey);
        await first.StartAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    private WebApplication Build(string environment, Dictionary<string, string?> settings) => SmallApp.Build(_folder.Args(environment), builder =>
    {
        builder.Services.AddSettings<SecretSettings>();
        builder.Configuration.AddInMemoryCollection(settings);
    });

    private static Dictionary<string, string?> Strong(params (string Name, string Value)[] more) =>
        new(more.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)))
        {
            ["SECRET_KEY"] = SmallApp.StrongSecret,
            ["API_KEY"] = SmallApp.StrongSecret
        };
}
