using System.CommandLine;

namespace Carafe.Checks;

internal static class CheckCommand
{
    public static Command Create(WebApplication app)
    {
        var deploy = new Option<bool>("--deploy") { Description = "Run the checks of a deployment as well." };
        var json = new Option<bool>("--json") { Description = "Print JSON, for other programs." };
        var level = new Option<CheckSeverity>("--fail-level")
        {
            Description = "Exit with 1 from this severity on: error, warning or information.",
            DefaultValueFactory = _ => CheckSeverity.Error,
            HelpName = "SEVERITY",
        };
        var command = new Command("check", "Look for what should not be deployed.") { deploy, json, level };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var results = await new CheckRunner(app).RunAsync(parsed.GetValue(deploy), cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json) ? CheckReport.Json(results) : CheckReport.Text(results));
            return results.Exists(result => result.Fails(parsed.GetValue(level))) ? 1 : 0;
        });
        return command;
    }
}
