namespace Carafe;

/// <summary>Lists how a limit counts.</summary>
public enum LimitStrategy
{
    /// <summary>
    /// The generic cell rate algorithm: the whole count at once, then one more each window divided by the count. It keeps one number for a key. Written
    /// without a word: <c>5/minute</c>.
    /// </summary>
    Smooth,

    /// <summary>
    /// Never more than the count in any stretch of time as long as the window, not one of them early. It keeps the time of each. Written <c>5/minute
    /// moving</c>.
    /// </summary>
    MovingWindow,

    /// <summary>The count for each window, which begins with the first request. Written <c>5/minute fixed</c>.</summary>
    FixedWindow,
}
