namespace Carafe.Tasks.Enqueuing;

/// <summary>Makes ids (UUID version 7, RFC 9562) that sort in the order in which this process made them, also within a millisecond.</summary>
internal sealed class TaskIds
{
    private const int MostInMillisecond = 0xFFF;

    private readonly Lock _lock = new();
    private long _last;
    private int _count;

    public Guid Next(long now)
    {
        lock (_lock)
        {
            (_last, _count) = now > _last ? (now, 0) : _count < MostInMillisecond ? (_last, _count + 1) : (_last + 1, 0);
            Span<byte> bytes = stackalloc byte[16];
            Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(_last)).TryWriteBytes(bytes, bigEndian: true, out _);
            // RFC 9562 section 6.2, method 1: rand_a is a counter.
            bytes[6] = (byte)(0x70 | (_count >> 8));
            bytes[7] = (byte)_count;
            return new Guid(bytes, bigEndian: true);
        }
    }
}
