using System.Buffers.Binary;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Carafe.Data.Paging;

/// <summary>Encrypts the cursors of one list in one request; its order, its filters and its caller are needed to open them.</summary>
internal sealed class CursorSeal(SortOrder order, PageQuery page)
{
    private readonly byte[] _subject = Encoding.UTF8.GetBytes(Subject(order, page));
    private readonly CursorKey _key = page.Context?.RequestServices.GetRequiredService<CursorKey>() ?? CursorKey.None;

    public byte[] Close(ReadOnlySpan<byte> payload) => _key.Close(_subject, payload);

    /// <summary>Returns the payload; null where it was not encrypted by this key for this subject.</summary>
    public byte[]? Open(ReadOnlySpan<byte> cursor) => _key.Open(_subject, cursor);

    private static string Subject(SortOrder order, PageQuery page)
    {
        if (page.Context is not { } context)
        {
            return order.Text;
        }

        var filters = context.Request.Query.Where(item => !page.Parameters.IsPart(item.Key)).OrderBy(item => item.Key, StringComparer.Ordinal);
        return new StringBuilder(order.Text).Append(context.Request.PathBase).Append(context.Request.Path.Value!.TrimEnd('/')).Append('\n')
            .AppendJoin('&', filters.Select(item => $"{Uri.EscapeDataString(item.Key)}={Uri.EscapeDataString(item.Value.ToString())}")).Append('\n')
            .Append(context.User.FindFirstValue("sub") ?? context.User.FindFirstValue(ClaimTypes.NameIdentifier)).ToString();
    }
}

/// <summary>Holds the keys of cursors. They are used for nothing else, so nothing else that is made with the app's secret can pass for a cursor.</summary>
internal sealed class CursorKey : IDisposable
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _encryption;
    private readonly byte[] _nonces;
    private readonly CursorKey[] _earlier = [];
    // Setting them up costs more than using them, and neither may be used twice at once.
    private Ciphers? _resting;

    public CursorKey(CarafeSettings settings)
        : this(Encoding.UTF8.GetBytes(settings.SecretKey)) =>
        _earlier = [.. settings.SecretKeyFallbacks.Select(secret => new CursorKey(Encoding.UTF8.GetBytes(secret)))];

    private CursorKey(byte[] secret)
    {
        _encryption = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "carafe cursor encryption"u8.ToArray());
        _nonces = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "carafe cursor nonce"u8.ToArray());
    }

    /// <summary>Gets the key for pages that are read outside a request: their cursors are sent to nobody.</summary>
    public static CursorKey None { get; } = new([0]);

    public byte[] Close(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> payload)
    {
        var closed = new byte[NonceLength + payload.Length + TagLength];
        var ciphers = Rent();
        // The nonce comes from what is closed. One place has one cursor, and two places never share a nonce, however many are given out.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        // The length separates the two.
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, subject.Length);
        ciphers.Hash.AppendData(length);
        ciphers.Hash.AppendData(subject);
        ciphers.Hash.AppendData(payload);
        ciphers.Hash.GetHashAndReset(hash);
        hash[..NonceLength].CopyTo(closed);
        ciphers.Cipher.Encrypt(closed.AsSpan(0, NonceLength), payload, closed.AsSpan(NonceLength, payload.Length),
            closed.AsSpan(NonceLength + payload.Length), subject);
        Return(ciphers);
        return closed;
    }

    /// <summary>Opens what this key has closed, or an earlier one.</summary>
    public byte[]? Open(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> closed)
    {
        var payload = OpenAlone(subject, closed);
        for (var at = 0; payload is null && at < _earlier.Length; at++)
        {
            payload = _earlier[at].OpenAlone(subject, closed);
        }

        return payload;
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _resting, null)?.Dispose();
        Array.ForEach(_earlier, key => key.Dispose());
    }

    private byte[]? OpenAlone(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> closed)
    {
        if (closed.Length <= NonceLength + TagLength)
        {
            return null;
        }

        var payload = new byte[closed.Length - NonceLength - TagLength];
        var ciphers = Rent();
        try
        {
            ciphers.Cipher.Decrypt(closed[..NonceLength], closed[NonceLength..^TagLength], closed[^TagLength..], payload, subject);
            return payload;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            Return(ciphers);
        }
    }

    private Ciphers Rent() =>
        Interlocked.Exchange(ref _resting, null)
            ?? new Ciphers(new AesGcm(_encryption, TagLength), IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _nonces));

    private void Return(Ciphers ciphers)
    {
        if (Interlocked.CompareExchange(ref _resting, ciphers, null) is not null)
        {
            ciphers.Dispose();
        }
    }

    private sealed record Ciphers(AesGcm Cipher, IncrementalHash Hash) : IDisposable
    {
        public void Dispose()
        {
            Cipher.Dispose();
            Hash.Dispose();
        }
    }
}
