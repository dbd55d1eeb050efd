namespace Carafe.Http;

/// <summary>Holds the paths of the health endpoints, which balancers and supervisors ask.</summary>
internal static class ProbePaths
{
    public const string Alive = "/healthz";

    public const string Live = "/livez";

    public const string Started = "/startupz";

    public const string Ready = "/readyz";

    public static bool Contains(PathString path) => AskWhetherItRuns(path) || path == Ready;

    /// <summary>Returns whether it is the path of a probe after which a supervisor ends the process.</summary>
    public static bool AskWhetherItRuns(PathString path) => path == Alive || path == Live || path == Started;
}
