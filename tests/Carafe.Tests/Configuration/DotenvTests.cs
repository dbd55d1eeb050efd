using Carafe.Configuration;

namespace Carafe.Tests.Configuration;

public sealed class DotenvTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_of_the_environment_wins_over_the_common_one()
    {
        _folder.With(".env", "A=1\nB=1").With(".env.Production", "B=2\nC=${A}${B}").With(".env.Development", "A=3");

        Assert.Equal([("A", "1"), ("B", "2"), ("C", "12")], Read("Production"));
    }

    [Theory]
    [InlineData("Shop.slnx")]
    [InlineData("Shop.sln")]
    public void The_file_beside_the_solution_is_read_without_a_repository(string solution)
    {
        _folder.With(".env", "A=1").With(solution, "");
        var app = Directory.CreateDirectory(Path.Combine(_folder.Path, "src", "Shop")).FullName;

        Assert.Equal([("A", "1")], Values(HostBootstrap.Read(["--contentRoot", app, "--environment", "Production"], _ => null)));
    }

    [Fact]
    public void Nothing_above_the_app_is_read_without_a_repository_or_a_solution()
    {
        _folder.With(".env", "A=1");
        var app = Directory.CreateDirectory(Path.Combine(_folder.Path, "Shop")).FullName;

        Assert.Empty(Values(HostBootstrap.Read(["--contentRoot", app, "--environment", "Production"], _ => null)));
    }

    [Fact]
    public void Testing_reads_only_its_own_file()
    {
        _folder.With(".env", "A=1\nASPNETCORE_ENVIRONMENT=Testing").With(".env.Testing", "B=2");

        Assert.Equal([("B", "2")], Read("Testing"));
        Assert.Equal([("B", "2")], Values(HostBootstrap.Read(["--contentRoot", _folder.Path], _ => null)));
    }

    [Theory]
    [InlineData("B=${A}", "real")]
    [InlineData("B=\"<${A}>\"", "<real>")]
    [InlineData("B='${A}'", "${A}")]
    [InlineData("B=${NOWHERE}", "")]
    [InlineData("B=${NOWHERE:-x y}", "x y")]
    [InlineData("B=${A:-x}", "real")]
    [InlineData("B=${NOWHERE:-}", "")]
    [InlineData("B=$A", "$A")]
    [InlineData("B=${A", "${A")]
    [InlineData("FIRST=1\nB=${FIRST}${FIRST}", "11")]
    [InlineData("B=1\nB=${B}2", "12")]
    [InlineData("A=file\nB=${A}", "real")]
    public void References_are_expanded_the_real_environment_first(string text, string value)
    {
        _folder.With(".env", text);

        Assert.Equal(value, Read("Production", ("A", "real")).Single(pair => pair.Name == "B").Value);
    }

    [Fact]
    public void Any_encoding_that_says_what_it_is_can_be_read()
    {
        File.WriteAllText(Path.Combine(_folder.Path, ".env"), "A=\u00e0", new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal([("A", "\u00e0")], Read("Production"));
        // What PowerShell 5 writes.
        File.WriteAllText(Path.Combine(_folder.Path, ".env"), "A=\u00e0", System.Text.Encoding.Unicode);
        Assert.Equal([("A", "\u00e0")], Read("Production"));
    }

    [Fact]
    public void A_file_that_is_not_text_is_a_fault()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, ".env"), [0x41, 0x3d, 0xff, 0xc3]);

        Assert.Contains("is not UTF-8", Assert.Single(HostBootstrap.Read(_folder.Args("Production"), _ => null).Dotenv.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_called_env_is_not_a_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, ".env"));

        Assert.Empty(Read("Production"));
    }

    [Fact]
    public void The_file_may_lie_above_the_content_root_up_to_the_root_of_the_repository()
    {
        _folder.With("outside/.env", "A=outside").With("outside/repo/.git/HEAD", "").With("outside/repo/app/MyApi/appsettings.json", "{}");
        string[] args = ["--environment", "Production", "--contentRoot", Path.Combine(_folder.Path, "outside/repo/app/MyApi")];

        Assert.Empty(Values(HostBootstrap.Read(args, _ => null)));
        _folder.With("outside/repo/.env", "A=repo");
        Assert.Equal([("A", "repo")], Values(HostBootstrap.Read(args, _ => null)));
        _folder.With("outside/repo/app/MyApi/.env", "A=own");
        Assert.Equal([("A", "own")], Values(HostBootstrap.Read(args, _ => null)));
    }

    [Fact]
    public void Outside_a_repository_only_the_content_root_is_searched()
    {
        _folder.With(".env", "A=1").With("app/appsettings.json", "{}");

        Assert.Empty(Values(HostBootstrap.Read(["--contentRoot", Path.Combine(_folder.Path, "app")], _ => null)));
    }

    [Fact]
    public async Task Values_lie_over_appsettings_and_under_the_real_environment_and_double_underscores_nest()
    {
        // PATH is the one variable that is set everywhere.
        _folder.With(".env", "PATH=file\nGREETING=file\nLogging__LogLevel__Default=Error")
            .With("appsettings.json", """{"GREETING": "appsettings", "OTHER": "appsettings"}""");
        await using var app = SmallApp.Build(_folder.Args("Development"));

        Assert.Equal("file", app.Configuration["GREETING"]);
        Assert.Equal("appsettings", app.Configuration["OTHER"]);
        Assert.Equal("Error", app.Configuration["Logging:LogLevel:Default"]);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), app.Configuration["PATH"]);
    }

    [Fact]
    public async Task Faults_stop_the_start_with_file_and_line_and_without_the_text()
    {
        _folder.With(".env", $"SECRET_KEY={SmallApp.StrongSecret}\nhunter2 hunter2\n").With(".env.Production", "=hunter2");
        await using var app = SmallApp.Build(_folder.Args("Production"));

        Assert.Equal(
            [
                $"{Path.Combine(_folder.Path, ".env")}:2: expected NAME=VALUE, or a comment that begins with '#'.",
                $"{Path.Combine(_folder.Path, ".env.Production")}:1: there is no name before the '='.",
            ],
            await SmallApp.FaultsAsync(app));
    }

    private IEnumerable<(string Name, string? Value)> Read(string environment, params (string Name, string Value)[] variables) =>
        Values(HostBootstrap.Read(_folder.Args(environment), name => variables.FirstOrDefault(variable => variable.Name == name).Value));

    private static IEnumerable<(string Name, string? Value)> Values(HostBootstrap ground) => ground.Dotenv.Values.Select(pair => (pair.Key, pair.Value));
}
