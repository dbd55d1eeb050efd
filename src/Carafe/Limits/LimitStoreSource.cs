namespace Carafe.Limits;

/// <summary>Offers a store of limits that an extension brings.</summary>
/// <param name="Name">The name in <c>RATELIMIT_STORE</c>.</param>
/// <param name="Priority">Of those that are configured, the highest is used.</param>
/// <param name="Open">Opens the store; null when it is not configured. Nothing is contacted yet.</param>
internal sealed record LimitStoreSource(string Name, int Priority, Func<IServiceProvider, ILimitStore?> Open);
