namespace Carafe.Replicas;

/// <summary>Carries short messages between the replicas of an app. What it loses is lost: every use has a net of its own.</summary>
internal interface IReplicaChannel : IAsyncDisposable
{
    /// <summary>
    /// Sends a message to the replicas, also where nobody subscribes. Nobody waits for it, and a channel that is away loses it; disposing sends what is left,
    /// for at most two seconds.
    /// </summary>
    void Publish(string message);

    /// <summary>Receives messages from now on.</summary>
    /// <param name="receive">Takes each message, one's own too, and null when messages may have been lost.</param>
    void Subscribe(Action<string?> receive);
}

/// <summary>Offers a channel that an extension brings.</summary>
/// <param name="Priority">Of those that are configured, the highest is used.</param>
/// <param name="Open">Opens the channel; null when it is not configured. Nothing is contacted yet.</param>
internal sealed record ReplicaChannelSource(int Priority, Func<IServiceProvider, IReplicaChannel?> Open);
