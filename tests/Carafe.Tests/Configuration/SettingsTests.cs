using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Carafe.Tests.Configuration;

public sealed class SettingsTests
{
    public enum Level
    {
        Low,
        VeryHigh,
    }

    public sealed class SampleSettings : IValidatableObject
    {
        [Range(1, 128)]
        public int PasswordMinLength { get; set; } = 8;

        public long Size { get; set; }

        public decimal Price { get; set; }

        public double? Ratio { get; set; }

        public bool Verbose { get; set; }

        public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(15);

        public Level Level { get; set; }

        public Uri? CallbackUrl { get; set; }

        [Required]
        public string Title { get; set; } = "untitled";

        public IReadOnlyList<string> Origins { get; set; } = [];

        public int[] Ports { get; set; } = [];

        public List<TimeSpan> Retries { get; set; } = [];

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Verbose && Level == Level.Low)
            {
                yield return new("VERBOSE: needs LEVEL very_high.");
            }
        }
    }

    public sealed class OtherSettings
    {
        [Required]
        public string? Needed { get; set; }
    }

    [Fact]
    public async Task Properties_are_read_by_their_upper_snake_names()
    {
        await using var app = Build(new()
        {
            ["PASSWORD_MIN_LENGTH"] = "12",
            ["SIZE"] = "-5000000000",
            ["PRICE"] = "1.25",
            ["RATIO"] = "0.5",
            ["VERBOSE"] = "Yes",
            ["LIFETIME"] = "30d",
            ["LEVEL"] = "very_high",
            ["CALLBACK_URL"] = "https://example.org/back",
            ["TITLE"] = " kept ",
            ["ORIGINS"] = "http://a, http://b,",
            ["PORTS"] = "80,443",
            ["RETRIES:0"] = "500ms",
            ["RETRIES:1"] = "2s",
        });

        var settings = app.Services.GetRequiredService<SampleSettings>();

        Assert.Equal((12, -5000000000L, 1.25m, 0.5, true), (settings.PasswordMinLength, settings.Size, settings.Price, settings.Ratio, settings.Verbose));
        Assert.Equal((TimeSpan.FromDays(30), Level.VeryHigh, new Uri("https://example.org/back"), "kept"),
            (settings.Lifetime, settings.Level, settings.CallbackUrl, settings.Title));
        Assert.Equal(["http://a", "http://b"], settings.Origins);
        Assert.Equal([80, 443], settings.Ports);
        Assert.Equal([TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)], settings.Retries);
        Assert.Same(settings, app.Services.GetRequiredService<IOptions<SampleSettings>>().Value);
    }

    [Fact]
    public async Task What_is_not_set_or_empty_keeps_its_default()
    {
        await using var app = Build(new() { ["PASSWORD_MIN_LENGTH"] = "", ["LIFETIME"] = "  ", ["TITLE"] = "" });

        var settings = app.Services.GetRequiredService<SampleSettings>();

        Assert.Equal((8, TimeSpan.FromMinutes(15), "untitled"), (settings.PasswordMinLength, settings.Lifetime, settings.Title));
    }

    [Theory]
    [InlineData("PASSWORD_MIN_LENGTH", "eight", "PASSWORD_MIN_LENGTH: 'eight' is not a whole number.")]
    [InlineData("PASSWORD_MIN_LENGTH", "0x10", "PASSWORD_MIN_LENGTH: '0x10' is not a whole number.")]
    [InlineData("PASSWORD_MIN_LENGTH", "1,000", "PASSWORD_MIN_LENGTH: '1,000' is not a whole number.")]
    [InlineData("PASSWORD_MIN_LENGTH", "99999999999", "PASSWORD_MIN_LENGTH: '99999999999' is not a whole number.")]
    [InlineData("PASSWORD_MIN_LENGTH", "0", "PASSWORD_MIN_LENGTH: The field PASSWORD_MIN_LENGTH must be between 1 and 128. It is '0'.")]
    [InlineData("VERBOSE", "ja", "VERBOSE: 'ja' is not true or false.")]
    [InlineData("LIFETIME", "15", "LIFETIME: '15' is not a time: write a whole number and its unit (ms, s, m, h or d), such as 15m.")]
    [InlineData("LIFETIME", "00:15:00", "LIFETIME: '00:15:00' is not a time: write a whole number and its unit (ms, s, m, h or d), such as 15m.")]
    [InlineData("LIFETIME", "99999999999999999999d",
        "LIFETIME: '99999999999999999999d' is not a time: write a whole number and its unit (ms, s, m, h or d), such as 15m.")]
    [InlineData("LIFETIME", "99999999999d", "LIFETIME: '99999999999d' is not a time: write a whole number and its unit (ms, s, m, h or d), such as 15m.")]
    [InlineData("LEVEL", "1", "LEVEL: '1' is not one of low, very_high.")]
    [InlineData("CALLBACK_URL", "/back", "CALLBACK_URL: '/back' is not an absolute URL.")]
    [InlineData("CALLBACK_URL", "http://me:hunter2@[/", "CALLBACK_URL: 'http://***@[/' is not an absolute URL.")]
    [InlineData("PORTS", "80,http", "PORTS: 'http' is not a whole number.")]
    [InlineData("VERBOSE", "true", "VERBOSE: needs LEVEL very_high.")]
    public async Task What_makes_no_sense_is_a_fault_that_names_the_setting(string name, string value, string fault)
    {
        await using var app = Build(new() { [name] = value });

        Assert.Equal(fault, Assert.Single(await SmallApp.FaultsAsync(app)));
    }

    [Fact]
    public async Task All_faults_of_all_settings_are_told_at_once()
    {
        await using var app = Build(
            new() { ["PASSWORD_MIN_LENGTH"] = "0", ["LIFETIME"] = "soon", ["PORT"] = "70000", ["VERBOSE"] = "true" },
            builder =>
            {
                builder.Services.AddSettings<OtherSettings>();
                builder.Services.AddSingleton<IValidateOptions<OtherSettings>, Extension>();
            });

        var faults = await SmallApp.FaultsAsync(app);

        Assert.Equal(["PORT", "LIFETIME", "PASSWORD_MIN_LENGTH", "VERBOSE", "NEEDED", "EXTENSION"], faults.Select(fault => fault.Split(':')[0]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settings_asked_for_before_the_start_tell_all_faults_too(bool bySettings)
    {
        await using var app = Build(new() { ["PORT"] = "x" }, builder => builder.Services.AddSettings<OtherSettings>());

        var fault = Assert.Throws<ConfigurationException>(() =>
            bySettings ? app.Services.GetRequiredService<OtherSettings>().Needed : app.Services.GetRequiredService<IOptions<OtherSettings>>().Value.Needed);

        Assert.Equal(["PORT: 'x' is not a whole number.", "NEEDED: The NEEDED field is required."], fault.Errors);
        Assert.Equal(fault.Errors, await SmallApp.FaultsAsync(app));
    }

    [Fact]
    public async Task Options_of_the_platform_that_validate_on_start_are_told_in_the_same_list()
    {
        await using var app = Build(new() { ["PORT"] = "x" }, builder => builder.Services.AddOptions<OtherSettings>().Validate(_ => false, "Not mine.")
            .ValidateOnStart());

        Assert.Equal(["PORT: 'x' is not a whole number.", "Not mine."], await SmallApp.FaultsAsync(app));
    }

    [Fact]
    public async Task Configuration_overridden_after_AddSettings_counts()
    {
        await using var app = SmallApp.Build(["--environment", "Testing"], builder =>
        {
            builder.Services.AddSettings<SampleSettings>();
            builder.Configuration["TITLE"] = "late";
        });

        Assert.Equal("late", app.Services.GetRequiredService<SampleSettings>().Title);
    }

    [Fact]
    public async Task Two_apps_in_one_process_share_no_settings()
    {
        await using var first = Build(new() { ["TITLE"] = "first" });
        await using var second = Build(new() { ["TITLE"] = "second" });
        await first.StartAsync(TestContext.Current.CancellationToken);
        await second.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("first", "second"),
            (first.Services.GetRequiredService<SampleSettings>().Title, second.Services.GetRequiredService<SampleSettings>().Title));
        Assert.NotEqual(first.Services.GetRequiredService<CarafeSettings>().SecretKey, second.Services.GetRequiredService<CarafeSettings>().SecretKey);
    }

    [Fact]
    public async Task Propagated_exceptions_are_refused_in_Production()
    {
        await using var app = SmallApp.Configured(new() { ["PROPAGATE_EXCEPTIONS"] = "1", ["SECRET_KEY"] = SmallApp.StrongSecret }, environment: "Production");

        Assert.Equal("PROPAGATE_EXCEPTIONS: is for tests and refused in Production.", Assert.Single(await SmallApp.FaultsAsync(app)));
    }

    private static WebApplication Build(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? configure = null) =>
        SmallApp.Configured(settings, builder =>
    {
        builder.Services.AddSettings<SampleSettings>();
        configure?.Invoke(builder);
    });

    private sealed class Extension : IValidateOptions<OtherSettings>
    {
        public ValidateOptionsResult Validate(string? name, OtherSettings options) => ValidateOptionsResult.Fail("EXTENSION: has a word to say.");
    }
}
