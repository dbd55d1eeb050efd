namespace Carafe.Commands;

internal sealed record RunFlag(string Name, string Description, Action<WebApplication> Given);
