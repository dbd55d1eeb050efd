using System.Buffers.Binary;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Carafe.Data.Paging;

/// <summary>What signs the cursors of one list in one request: its order, its filters and its caller are in the signature.</summary>
internal sealed class CursorSeal(SortOrder order, HttpContext? context)
{
    public const int Length = 16;

    private readonly byte[] _subject = Encoding.UTF8.GetBytes(Subject(order, context));
    private readonly CursorKey _key = context?.RequestServices.GetRequiredService<CursorKey>() ?? CursorKey.None;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> payload) => _key.Sign(_subject, payload).AsSpan(0, Length);

    private static string Subject(SortOrder order, HttpContext? context)
    {
        if (context is null)
        {
            return order.Text;
        }

        var filters = context.Request.Query.Where(item => item.Key is not ("after" or "limit" or "total")).OrderBy(item => item.Key, StringComparer.Ordinal);
        return new StringBuilder(order.Text).Append(context.Request.PathBase).Append(context.Request.Path.Value!.TrimEnd('/')).Append('\n')
            .AppendJoin('&', filters.Select(item => $"{Uri.EscapeDataString(item.Key)}={Uri.EscapeDataString(item.Value.ToString())}")).Append('\n')
            .Append(context.User.FindFirstValue("sub") ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier)).ToString();
    }
}

/// <summary>The key that cursors are signed with. It is one of its own: nothing else that is signed with the app's secret can pass for a cursor.</summary>
internal sealed class CursorKey : IDisposable
{
    private readonly byte[] _key;
    // Setting one up costs more than signing with it.
    private IncrementalHash? _resting;

    public CursorKey(CarafeSettings settings)
        : this(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.SecretKey), 32, info: "carafe cursor"u8.ToArray()))
    {
    }

    private CursorKey(byte[] key) => _key = key;

    /// <summary>For pages that are read outside a request: their cursors go nowhere.</summary>
    public static CursorKey None { get; } = new([]);

    public byte[] Sign(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> payload)
    {
        var hash = Interlocked.Exchange(ref _resting, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        // The length says where the one ends and the other begins.
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, subject.Length);
        hash.AppendData(length);
        hash.AppendData(subject);
        hash.AppendData(payload);
        var signature = hash.GetHashAndReset();
        if (Interlocked.CompareExchange(ref _resting, hash, null) is not null)
        {
            hash.Dispose();
        }

        return signature;
    }

    public void Dispose() => Interlocked.Exchange(ref _resting, null)?.Dispose();
}
