namespace MyApi;

/// <summary>
/// Holds what accounts are about to add in this process, in the order in which they came. On SQLite this replaces a lock: writers share a commit there,
/// and those who hold a lock would have to take turns.
/// </summary>
public sealed class QuotaLine
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, int Account), List<Place>> _lines = [];

    /// <summary>Enters the line of an account; disposing leaves it.</summary>
    internal Place Enter(string kind, int account, long bytes)
    {
        var place = new Place(this, (kind, account), bytes);
        lock (_lock)
        {
            if (!_lines.TryGetValue(place.Line, out var line))
            {
                _lines[place.Line] = line = [];
            }

            line.Add(place);
        }

        return place;
    }

    /// <summary>Represents what one request is about to add.</summary>
    internal sealed class Place(QuotaLine lines, (string Kind, int Account) line, long bytes) : IDisposable
    {
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public (string Kind, int Account) Line => line;

        /// <summary>Returns who came before and may still add, and how much.</summary>
        public (int Count, long Bytes, Task FirstHasLeft) Ahead()
        {
            lock (lines._lock)
            {
                var all = lines._lines[line];
                var count = all.IndexOf(this);
                return (count, all.Take(count).Sum(place => place.Bytes), all[0]._left.Task);
            }
        }

        public void Dispose()
        {
            lock (lines._lock)
            {
                var all = lines._lines[line];
                all.Remove(this);
                if (all.Count == 0)
                {
                    lines._lines.Remove(line);
                }
            }

            _left.TrySetResult();
        }

        private long Bytes => bytes;
    }
}
