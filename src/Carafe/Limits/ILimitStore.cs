namespace Carafe;

/// <summary>
/// Keeps the counts of limits. Of any number of requests at once, in any number of processes on the same store, no more pass than a limit allows.
/// </summary>
public interface ILimitStore
{
    /// <summary>Takes from every limit, or from none when one of them refuses: one decision, however many limits.</summary>
    /// <param name="takes">What is asked for; no limit twice for the same key.</param>
    /// <param name="states">Filled with how each limit stands, in the same order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether all limits allowed it.</returns>
    ValueTask<bool> TakeAsync(ReadOnlyMemory<LimitTake> takes, Memory<LimitState> states, CancellationToken cancellationToken);

    /// <summary>Gives back what a decision took, for what turned out not to count.</summary>
    /// <param name="takes">What was taken.</param>
    /// <param name="states">How the limits stood after it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask ReturnAsync(ReadOnlyMemory<LimitTake> takes, ReadOnlyMemory<LimitState> states, CancellationToken cancellationToken);
}
