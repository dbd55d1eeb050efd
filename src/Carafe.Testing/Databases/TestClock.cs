using Microsoft.Extensions.Time.Testing;

namespace Carafe.Testing;

/// <summary>Makes the clocks of tests.</summary>
internal static class TestClock
{
    /// <summary>Returns a clock at the time at which each test starts.</summary>
    public static FakeTimeProvider Create() => new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
