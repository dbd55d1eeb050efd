namespace Carafe.Data.Providers;

/// <summary>Collects a script, and lets go of what was needed for that.</summary>
/// <param name="Run">Takes the statements.</param>
/// <param name="Scratch">The database that the statements are tried on; null where none is needed.</param>
/// <param name="BeforeCommit">What each transaction ends with.</param>
internal sealed record ScriptWriter(MigrationRun Run, IAsyncDisposable? Scratch = null, string BeforeCommit = "") : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Scratch?.DisposeAsync() ?? ValueTask.CompletedTask;
}
