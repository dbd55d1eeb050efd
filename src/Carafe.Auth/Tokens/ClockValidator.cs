using System.Globalization;
using Carafe.Hosting;

namespace Carafe.Auth;

/// <summary>Refuses a clock by which no token could be issued or would ever expire.</summary>
internal sealed class ClockValidator(TimeProvider clock) : IRouteValidator
{
    private const int FirstYear = 2020;
    private const int LastYear = 9000;

    public IEnumerable<string> Faults(IReadOnlyList<RouteEndpoint> endpoints) =>
        clock.GetUtcNow() is { Year: < FirstYear or > LastYear } now
            ? [string.Create(CultureInfo.InvariantCulture, $"The machine's clock says {now:u}. Set it: tokens and sessions go by it.")]
            : [];
}
