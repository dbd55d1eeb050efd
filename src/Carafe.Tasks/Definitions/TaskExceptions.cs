namespace Carafe.Tasks;

/// <summary>Thrown by a handler to be tried again after a time of its own choice, such as the <c>Retry-After</c> of the service that it calls.</summary>
/// <param name="delay">How long to wait.</param>
/// <param name="message">Why, for the task's error.</param>
public sealed class TaskRetryException(TimeSpan delay, string message) : Exception(message)
{
    /// <summary>Gets how long to wait.</summary>
    public TimeSpan Delay { get; } = delay;
}

/// <summary>Thrown by a handler that will never succeed: the task is parked at once, without retries.</summary>
/// <param name="message">Why, for the task's error.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class TaskRejectedException(string message, Exception? innerException = null) : Exception(message, innerException);
