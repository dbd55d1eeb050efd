using System.CommandLine;
using System.Net.Sockets;
using Carafe.Tests.Configuration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Commands;

public sealed partial class CommandLineTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private Action<WebApplication> _map = _ => { };
    private Action<WebApplicationBuilder> _configure = _ => { };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_command_runs_on_the_app_that_is_not_started()
    {
        var started = false;
        _configure = builder => builder.Services.AddCommand(app =>
        {
            app.Lifetime.ApplicationStarted.Register(() => started = true);
            var name = new Argument<string>("name");
            var command = new Command("greet", "Say hello.") { name };
            command.SetAction(
                parsed => parsed.InvocationConfiguration.Output.WriteLine($"Hello {parsed.GetValue(name)} from {app.Environment.EnvironmentName}"));
            return command;
        });

        Assert.Equal(0, await RunAsync("greet", "Ann"));
        Assert.Equal(("Hello Ann from Testing", "", false), (Output, Error, started));
    }

    [Fact]
    public async Task A_command_that_throws_CommandException_fails_with_its_line_and_its_code()
    {
        _configure = builder => builder.Services.AddCommand(_ => Failing(new CommandException("There is no such user.", 3)));

        Assert.Equal(3, await RunAsync("fail"));
        Assert.Equal("There is no such user.", Error);
    }

    [Fact]
    public async Task A_command_that_throws_anything_else_fails_with_one_line()
    {
        _configure = builder => builder.Services.AddCommand(_ => Failing(new InvalidOperationException("Out of luck.")));

        Assert.Equal(1, await RunAsync("fail"));
        Assert.Equal("'fail' failed: Out of luck.", Error);
    }

    [Fact]
    public async Task A_cancelled_command_says_so()
    {
        _configure = builder => builder.Services.AddCommand(_ => Failing(new OperationCanceledException()));

        Assert.Equal((130, "Cancelled."), (await RunAsync("fail"), Error));
    }

    [Theory]
    [InlineData(2, "Unrecognized command or argument 'rotues'. The commands are run, routes, config, check. See --help.", "rotues")]
    [InlineData(2, "Unrecognized command or argument '--sort'. See routes --help.", "routes", "--sort")]
    [InlineData(2, "Required argument missing for option: '--port'. See run --help.", "run", "--port")]
    [InlineData(2, "--port '70000' is not a port: it is a number from 0 to 65535. See --help.", "--port", "70000")]
    public async Task Misuse_is_told_in_one_line_with_a_hint(int code, string line, params string[] args)
    {
        Assert.Equal((code, line), (await RunAsync(args), Error));
        Assert.Equal("", Output);
    }

    [Fact]
    public async Task Help_lists_the_commands_of_extensions()
    {
        _configure = builder => builder.Services.AddCommand(_ => new Command("db", "Look after the database."));

        Assert.Equal(0, await RunAsync("--help"));
        Assert.Contains("--environment <NAME>", Output, StringComparison.Ordinal);
        Assert.Matches(@"run +Serve the API\.", Output);
        Assert.Matches(@"db +Look after the database\.", Output);
        Assert.DoesNotContain("contentRoot", Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_version_answer_whatever_the_settings_are()
    {
        _folder.With(".env.Testing", "PORT=x");

        Assert.Equal(0, await RunAsync("--help"));
        Assert.Equal(0, await RunAsync("--version"));
        Assert.Equal("", Error);
    }

    [Theory]
    [InlineData("routes")]
    [InlineData("run")]
    [InlineData]
    public async Task A_command_whose_settings_make_no_sense_does_not_run(params string[] args)
    {
        _folder.With(".env.Testing", "PORT=x\n=y");

        Assert.Equal(78, await RunAsync(args));
        Assert.Equal(
            $"The configuration is not usable:\n  - {Path.Combine(_folder.Path, ".env.Testing")}:2: there is no name before the '='.\n  - PORT: 'x' is " +
            $"not a whole number.",
            Error.ReplaceLineEndings("\n"));
        Assert.Equal("", Output);
    }

    [Fact]
    public async Task An_unknown_environment_is_told_in_one_line()
    {
        Assert.Equal(78, await CarafeApp.RunAsync(["routes", "--environment=Staging"], Create, _output, _error));
        Assert.Contains("It is one of Development, Testing, Production.", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_the_factory_itself_asks_for_are_told_with_all_faults()
    {
        _folder.With(".env.Testing", "PORT=x\n=y");
        _map = app => app.Services.GetRequiredService<CarafeSettings>();

        Assert.Equal(78, await RunAsync("run"));
        Assert.Equal(3, Error.ReplaceLineEndings("\n").Split('\n').Length);
    }

    [Fact]
    public async Task Without_a_command_it_serves_until_it_is_stopped()
    {
        var answer = "";
        _map = app =>
        {
            app.MapGet("/", () => "here");
            app.Lifetime.ApplicationStarted.Register(async () =>
            {
                using var client = new HttpClient();
                answer = await client.GetStringAsync(new Uri(app.Urls.Single()));
                app.Lifetime.StopApplication();
            });
        };

        Assert.Equal(0, await RunAsync("--host", "127.0.0.1", "--port", "0"));
        Assert.Equal("here", answer);
        Assert.Equal(("", ""), (Output, Error));
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var log = new ErrorLog();
        _configure = builder => builder.Logging.AddProvider(log);

        Assert.Equal(1, await RunAsync("run", "--port", $"{port}"));
        Assert.Equal(
            $"Failed to bind to address http://127.0.0.1:{port}: address already in use. Choose another address with --host and --port, PORT or " +
            $"ASPNETCORE_URLS.", Error);
        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task Another_failure_at_start_is_told_in_one_line_and_logged_once()
    {
        var log = new ErrorLog();
        _configure = builder =>
        {
            builder.Logging.AddProvider(log);
            builder.Services.AddHostedService<Broken>();
        };

        Assert.Equal((1, "'run' failed: No fuel."), (await RunAsync("--port", "0"), Error));
        Assert.Equal("No fuel.", Assert.Single(log.Errors)?.Message);
    }

    [Fact]
    public async Task Routes_that_clash_stop_the_server_and_can_still_be_listed()
    {
        _map = app =>
        {
            app.MapGet("/a", () => "");
            app.MapGet("/A/", () => "");
        };

        Assert.Equal(78, await RunAsync("run"));
        Assert.Contains("GET /a is mapped 2 times", Error, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("routes"));
    }

    [Fact]
    public async Task Routes_lists_who_may_call()
    {
        _configure = builder => builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy("owner", policy => policy.RequireAuthenticatedUser());
        _map = app => app.MapBlueprint<Guarded>("/things");

        Assert.Equal(0, await RunAsync("routes"));
        Assert.Equal(
            """
            Method  Path          Blueprint  Name         Who may call
            GET     /things       things     things.List  anyone
            POST    /things       things                  signed in
            GET     /things/me    things                  signed in
            PUT     /things/{id}  things                  owner
            DELETE  /things/{id}  things                  admin or root
            DELETE  /things       things                  scope things:write and old enough
            """.ReplaceLineEndings(),
            Output);
    }

    [Fact]
    public async Task Routes_can_be_read_by_programs()
    {
        _map = app => app.MapBlueprint<Guarded>("/things");

        Assert.Equal(0, await RunAsync("routes", "--json"));
        var first = System.Text.Json.JsonDocument.Parse(Output).RootElement[0];
        Assert.Equal("""{"method":"GET","path":"/things","blueprint":"things","name":"things.List","who_may_call":"anyone"}""",
            System.Text.Json.JsonSerializer.Serialize(first));
    }
}
