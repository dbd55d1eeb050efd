namespace Carafe.Limits;

/// <summary>Lists what happens to a request while the store of limits is away.</summary>
public enum LimitFailure
{
    /// <summary>The request is served, and not counted.</summary>
    Open,

    /// <summary>The request is refused with 503 and Retry-After.</summary>
    Closed,
}
