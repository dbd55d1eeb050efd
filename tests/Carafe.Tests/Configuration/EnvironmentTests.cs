using Carafe.Configuration;
using Microsoft.Extensions.Hosting;

namespace Carafe.Tests.Configuration;

public sealed class EnvironmentTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("development", "Development")]
    [InlineData("TESTING", "Testing")]
    [InlineData("Production", "Production")]
    public void A_name_is_known_in_any_case(string given, string name) => Assert.Equal(name, Read(["--environment", given]).EnvironmentName);

    [Theory]
    [InlineData("Staging")]
    [InlineData("Developement")]
    [InlineData("")]
    public void Another_name_is_refused_with_the_three(string given)
    {
        var fault = Assert.Throws<ConfigurationException>(() => Read([$"--environment={given}"]));

        Assert.Equal($"The environment '{given}', given by --environment, does not exist. It is one of Development, Testing, Production.",
            Assert.Single(fault.Errors));
    }

    [Fact]
    public void Without_a_word_it_is_Production() => Assert.Equal("Production", Read([]).EnvironmentName);

    [Fact]
    public void The_argument_wins_then_the_variable_then_dotenv_then_DOTNET_ENVIRONMENT()
    {
        _folder.With(".env", "ASPNETCORE_ENVIRONMENT=Production");

        Assert.Equal("Testing", Read(["run", "--environment=Testing"], ("ASPNETCORE_ENVIRONMENT", "Development")).EnvironmentName);
        Assert.Equal("Development", Read([], ("ASPNETCORE_ENVIRONMENT", "Development"), ("DOTNET_ENVIRONMENT", "Testing")).EnvironmentName);
        Assert.Equal("Production", Read([], ("DOTNET_ENVIRONMENT", "Development")).EnvironmentName);
        _folder.With(".env", "");
        Assert.Equal("Development", Read([], ("DOTNET_ENVIRONMENT", "Development"), ("ASPNETCORE_ENVIRONMENT", "")).EnvironmentName);
    }

    [Fact]
    public void A_wrong_name_in_dotenv_is_refused_with_the_faults_of_the_file()
    {
        _folder.With(".env", "ASPNETCORE_ENVIRONMENT=Prod\n=x\n");

        var fault = Assert.Throws<ConfigurationException>(() => Read([]));

        Assert.Collection(fault.Errors, first => Assert.Contains("'Prod', given by ASPNETCORE_ENVIRONMENT in .env", first, StringComparison.Ordinal),
            second => Assert.Contains(".env:2:", second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_app_in_Testing_knows_that_it_is()
    {
        await using var app = SmallApp.Build(["--environment", "testing"]);

        Assert.True(app.Environment.IsTesting());
        Assert.False(app.Environment.IsDevelopment());
    }

    private HostBootstrap Read(string[] args, params (string Name, string Value)[] variables) =>
        HostBootstrap.Read([.. args, "--contentRoot", _folder.Path], name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
