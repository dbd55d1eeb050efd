using System.CommandLine;

namespace Carafe.Commands;

internal static class RoutesCommand
{
    // First cut.
    public static Command Create(WebApplication _) => new("routes", "List the routes: method, path, blueprint, name, who may call.");
}
