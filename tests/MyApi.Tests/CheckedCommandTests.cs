namespace MyApi.Tests;

/// <summary>What commands say of settings and words that cannot be.</summary>
public sealed class CheckedCommandTests
{
    [Fact]
    public async Task A_limit_that_cannot_be_read_is_one_line_of_the_list_of_routes()
    {
        using var app = new CheckedApp { ["LIMITS:auth.Forgot"] = "lots" };
        var (code, output, error) = await app.RunAsync("routes");
        Assert.Equal((78, ""), (code, output));
        Assert.Contains("LIMITS__auth.Forgot: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registration_without_mail_is_listed_with_the_other_errors()
    {
        using var app = new CheckedApp { ["REGISTER_BY_MAIL"] = "true", ["MAIL_URL"] = "off", ["PORT"] = "x" };
        var (code, _, error) = await app.RunAsync("run");
        Assert.Equal(78, code);
        Assert.Contains("REGISTER_BY_MAIL is true, and no mail is sent", error, StringComparison.Ordinal);
        Assert.Contains("PORT", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_no_task_has_and_an_empty_list_are_said_in_words()
    {
        using var app = new CheckedApp();
        await app.UpgradeAsync();
        var (code, _, error) = await app.RunAsync("tasks", "list", "--state", "nope");
        Assert.Equal(2, code);
        Assert.Contains("--state 'nope' is none of waiting, scheduled,", error, StringComparison.Ordinal);
        Assert.Equal((0, "", "There are no such tasks."), await app.RunAsync("tasks", "list", "--state", "Waiting"));
    }
}
