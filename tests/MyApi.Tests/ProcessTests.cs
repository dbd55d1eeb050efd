#if !POSTGRESQL && !MARIADB
namespace MyApi.Tests;

/// <summary>What the machine does to the process: signals, limits, a clock.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("ALRM")]
    public async Task A_signal_ends_the_server_in_good_order(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        await using var api = await MyApiProcess.ServeAsync(_folder);
        await api.Client.GetAsync("/readyz").Expect(200);

        Assert.Equal(0, await api.SignalAsync(signal));
        Assert.False(File.Exists(Path.Combine(_folder, "dev.db-wal")));
    }

    [Fact]
    public async Task Too_few_open_files_are_one_sentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is read from /proc.");
        var (code, error) = await MyApiProcess.RunAsync(_folder, openFiles: 100);

        Assert.Equal(78, code);
        Assert.Contains("ulimit -n", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData(1966)]
    [InlineData(9998)]
    public async Task A_clock_that_makes_no_sense_stops_the_start(int year)
    {
        var error = new StringWriter();
        var code = await CarafeApp.RunAsync(
            ["run", "--environment", "Testing", "--port", "0"],
            (args, configure) => MyApp.Create(args, builder =>
            {
                configure?.Invoke(builder);
                builder.Services.AddSingleton<TimeProvider>(
                    new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero)));
            }),
            TextWriter.Null,
            error);

        Assert.Equal(78, code);
        Assert.Contains($"The clock of this machine says {year}", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
#endif
