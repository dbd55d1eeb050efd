namespace Carafe.Testing;

/// <summary>Selects how closely an app follows a document that was written first.</summary>
public enum ContractMatch
{
    /// <summary>The two documents say the same: an extra part of the app is a difference as well.</summary>
    Exact,

    /// <summary>
    /// All that the written document promises is kept. The app may have more operations, more optional parameters and members, more media types, more
    /// errors and stricter limits.
    /// </summary>
    PromisesKept,
}
