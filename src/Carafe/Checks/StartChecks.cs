using Carafe.Hosting;

namespace Carafe.Checks;

/// <summary>Runs the cheap checks at each start: in Production their errors stop it, everything else is a warning in the log.</summary>
internal sealed class StartChecks(IServiceProvider services, IEnumerable<Check> checks, IEnumerable<SilencedCheck> silenced, IHostEnvironment environment,
    ILogger<StartChecks> logger) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints)
    {
        // Resolved here: the route table asks for its validators when it is made.
        if (environment.IsTesting() || services.GetRequiredService<RouteTableValidator>().App is not { } app)
        {
            yield break;
        }

        using var scope = services.CreateScope();
        var context = new CheckContext(app, scope.ServiceProvider);
        var due = checks.Where(check => check.AtStart && (environment.IsProduction() || !check.Deploy) && !silenced.Any(other => other.Id == check.Id));
        foreach (var (check, finding) in due.SelectMany(check => check.FindAtStart(context).Select(finding => (check, finding))))
        {
            if (environment.IsProduction() && check.Severity == CheckSeverity.Error)
            {
                yield return $"{check.Id}: {finding} {check.Remedy}";
            }
            else
            {
                logger.LogWarning("{Check}: {Finding} {Remedy}", check.Id, finding, check.Remedy);
            }
        }
    }
}
