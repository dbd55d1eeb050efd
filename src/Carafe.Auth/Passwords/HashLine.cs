namespace Carafe.Auth;

/// <summary>Queues those who wait for one purpose. Networks take turns, each in the order of its requests. Not thread-safe.</summary>
internal sealed class HashLine(int capacity)
{
    private readonly Dictionary<string, LinkedList<TaskCompletionSource>> _networks = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _turns = new();

    public int Count { get; private set; }

    /// <summary>Adds a turn at the end of its network's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="displaced">The last turn of the network with most in a full line, which has to go; else null.</param>
    /// <returns>False when the line is full and no network has more waiting than this one would have.</returns>
    public bool TryAdd(string network, TaskCompletionSource turn, out TaskCompletionSource? displaced)
    {
        displaced = null;
        var mine = _networks.GetValueOrDefault(network);
        if (Count >= capacity)
        {
            var (largest, waiting) = _networks.MaxBy(pair => pair.Value.Count);
            if (waiting.Count <= (mine?.Count ?? 0) + 1)
            {
                return false;
            }

            displaced = waiting.Last!.Value;
            waiting.RemoveLast();
            Count--;
            ForgetIfEmpty(largest, waiting);
        }

        if (mine is null)
        {
            _networks[network] = mine = [];
            _turns.AddLast(network);
        }

        mine.AddLast(turn);
        Count++;
        return true;
    }

    /// <summary>Takes the next turn, or returns null when nobody waits.</summary>
    public TaskCompletionSource? Take()
    {
        if (_turns.First is not { } network)
        {
            return null;
        }

        var waiting = _networks[network.Value];
        var turn = waiting.First!.Value;
        waiting.RemoveFirst();
        Count--;
        _turns.RemoveFirst();
        _turns.AddLast(network);
        ForgetIfEmpty(network.Value, waiting);
        return turn;
    }

    /// <summary>Removes a turn that is not wanted any more; false when it is not in the line.</summary>
    public bool Remove(TaskCompletionSource turn)
    {
        foreach (var (network, waiting) in _networks)
        {
            if (waiting.Remove(turn))
            {
                Count--;
                ForgetIfEmpty(network, waiting);
                return true;
            }
        }

        return false;
    }

    private void ForgetIfEmpty(string network, LinkedList<TaskCompletionSource> waiting)
    {
        if (waiting.Count == 0)
        {
            _networks.Remove(network);
            _turns.Remove(network);
        }
    }
}
