using System.CommandLine;

namespace Carafe.Commands;

internal sealed record CommandFactory(Func<WebApplication, Command> Create);
