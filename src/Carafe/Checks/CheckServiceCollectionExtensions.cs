using Carafe;
using Carafe.Checks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds checks to the command <c>check</c>.</summary>
public static class CheckServiceCollectionExtensions
{
    /// <summary>Adds a check.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="check">The check. The command refuses a second one of the same id.</param>
    public static IServiceCollection AddCheck(this IServiceCollection services, Check check) => services.AddSingleton(check);

    /// <summary>Silences a check where its finding is right and meant: <c>check</c> goes on printing the id with the reason.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="id">The check's id. The command refuses one that no check has.</param>
    /// <param name="reason">Why the finding does no harm in this app, in a sentence.</param>
    public static IServiceCollection SilenceCheck(this IServiceCollection services, string id, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return services.AddSingleton(new SilencedCheck(id, reason));
    }

    internal static IServiceCollection AddChecks(this IServiceCollection services, IEnumerable<Check> checks)
    {
        foreach (var check in checks)
        {
            services.AddCheck(check);
        }

        return services;
    }
}
