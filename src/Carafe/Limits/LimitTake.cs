namespace Carafe;

/// <summary>Asks for a part of what a limit allows one key.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Key">Whom it counts.</param>
/// <param name="Cost">How much of it, at least 0; 0 only looks.</param>
public readonly record struct LimitTake(Limit Limit, LimitKey Key, int Cost = 1);

/// <summary>Says how a limit stands for a key after a decision.</summary>
/// <param name="Remaining">How much is left.</param>
/// <param name="Reset">How long until more is there; zero when nothing is taken.</param>
/// <param name="RetryAfter">How long until the same would be allowed; zero when this limit allowed it.</param>
/// <param name="Stamp">What the store needs to take it back.</param>
public readonly record struct LimitState(int Remaining, TimeSpan Reset, TimeSpan RetryAfter, long Stamp = 0);
