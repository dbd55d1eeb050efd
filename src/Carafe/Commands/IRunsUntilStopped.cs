namespace Carafe.Commands;

/// <summary>Marks a command that runs until a signal stops it, and handles signals itself: what it does at that moment comes to its end.</summary>
internal interface IRunsUntilStopped;
