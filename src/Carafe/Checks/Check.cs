namespace Carafe;

/// <summary>
/// Looks for one thing that should not be deployed. The command <c>check</c> runs all of them; those with <see cref="AtStart"/> run at each start as well.
/// </summary>
public sealed class Check
{
    private readonly Func<CheckContext, CancellationToken, Task<IEnumerable<string>>>? _slow;
    private readonly Func<CheckContext, IEnumerable<string>>? _quick;

    /// <summary>Creates a check that waits for nothing.</summary>
    /// <param name="id">A short name that stays, such as <c>MYAPP001</c>, with which the check is silenced.</param>
    /// <param name="severity">How bad a finding is.</param>
    /// <param name="find">Returns a sentence for each thing that is wrong, and nothing when all is well.</param>
    public Check(string id, CheckSeverity severity, Func<CheckContext, IEnumerable<string>> find) => (Id, Severity, _quick) = (id, severity, find);

    /// <summary>Creates a check that asks a database or another service.</summary>
    /// <param name="id">A short name that stays, such as <c>MYAPP001</c>, with which the check is silenced.</param>
    /// <param name="severity">How bad a finding is.</param>
    /// <param name="find">Returns a sentence for each thing that is wrong, and nothing when all is well.</param>
    public Check(string id, CheckSeverity severity, Func<CheckContext, CancellationToken, Task<IEnumerable<string>>> find) =>
        (Id, Severity, _slow) = (id, severity, find);

    /// <summary>Gets the name with which the check is silenced.</summary>
    public string Id { get; }

    /// <summary>Gets how bad a finding is.</summary>
    public CheckSeverity Severity { get; }

    /// <summary>Gets what can happen when the finding is left as it is, in a sentence.</summary>
    public required string Why { get; init; }

    /// <summary>Gets the line that mends it: a setting, a command, a line of code.</summary>
    public required string Remedy { get; init; }

    /// <summary>Gets the address of the page that explains it. Default: none.</summary>
    public string? Page { get; init; }

    /// <summary>Gets whether the check is meant for a deployment, so that only <c>check --deploy</c> runs it. Default: false.</summary>
    public bool Deploy { get; init; }

    /// <summary>
    /// Gets whether the check runs at each start as well. There a finding is logged as a warning; in Production one of <see cref="CheckSeverity.Error"/>
    /// stops the start. Only for checks that wait for nothing; those of a deployment run at the start of Production alone. Default: false.
    /// </summary>
    public bool AtStart { get; init; }

    internal IEnumerable<string> FindAtStart(CheckContext context) =>
        _quick is not null ? _quick(context) : throw new InvalidOperationException($"The check {Id} is asynchronous, and so cannot have AtStart.");

    internal Task<IEnumerable<string>> FindAsync(CheckContext context, CancellationToken cancellationToken) =>
        _slow is not null ? _slow(context, cancellationToken) : Task.FromResult(_quick!(context));
}
