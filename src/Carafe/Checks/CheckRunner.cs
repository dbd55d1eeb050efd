namespace Carafe.Checks;

/// <summary>Runs the checks, each in a scope of its own.</summary>
internal sealed class CheckRunner(WebApplication app)
{
    // A database that hangs must not keep the list from being printed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Check> _checks = [.. app.Services.GetServices<Check>().OrderBy(check => check.Id, StringComparer.Ordinal)];
    private readonly List<SilencedCheck> _silenced = [.. app.Services.GetServices<SilencedCheck>()];

    /// <exception cref="CommandException">Two checks share an id, or a silenced one does not exist.</exception>
    public async Task<List<CheckResult>> RunAsync(bool deploy, CancellationToken cancellationToken)
    {
        RefuseBadIds();
        var results = new List<CheckResult>();
        foreach (var check in _checks.Where(check => deploy || !check.Deploy))
        {
            results.Add(_silenced.Find(silenced => silenced.Id == check.Id) is { } silence
                ? new CheckResult(check, []) { Silence = silence.Reason }
                : await RunAsync(check, cancellationToken));
        }

        return results;
    }

    private async Task<CheckResult> RunAsync(Check check, CancellationToken cancellationToken)
    {
        await using var scope = app.Services.CreateAsyncScope();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return new CheckResult(check, [.. await check.FindAsync(new CheckContext(app, scope.ServiceProvider), patience.Token)]);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // One check that fails must not hide what the others find.
            return new CheckResult(check, []) { Failure = error is OperationCanceledException ? "It took more than 30 seconds." : error.Message };
        }
    }

    private void RefuseBadIds()
    {
        if (_checks.GroupBy(check => check.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new CommandException($"Two checks have the id {twice.Key}.");
        }

        if (_silenced.Find(silenced => !_checks.Exists(check => check.Id == silenced.Id)) is { } unknown)
        {
            throw new CommandException($"The app silences the check {unknown.Id}, and there is none of that id.");
        }
    }
}

internal sealed record SilencedCheck(string Id, string Reason);

/// <summary>Holds what one check found.</summary>
/// <param name="Check">The check.</param>
/// <param name="Findings">What is wrong, a sentence each.</param>
internal sealed record CheckResult(Check Check, IReadOnlyList<string> Findings)
{
    /// <summary>Gets why the app silences it.</summary>
    public string? Silence { get; init; }

    /// <summary>Gets why it could not be run.</summary>
    public string? Failure { get; init; }

    public string State => Silence is not null ? "silenced"
        : Failure is not null ? "not run"
        : Findings.Count == 0 ? "passed"
        : CheckReport.Word(Check.Severity);

    public bool Fails(CheckSeverity level) => (Findings.Count > 0 || Failure is not null) && Check.Severity >= level;
}
