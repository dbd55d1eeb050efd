using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Carafe;

/// <summary>Names whom a limit counts: an account, the network of an address, everybody, or what the app says.</summary>
public readonly struct LimitKey : IEquatable<LimitKey>
{
    private const int MaxLength = 200;

    private LimitKey(char kind, long value, string? text = null) => (Kind, Value, Text) = (kind, value, text);

    /// <summary>Gets the key that counts everybody together.</summary>
    public static LimitKey Everybody => default;

    internal char Kind { get; }

    internal long Value { get; }

    internal string? Text { get; }

    /// <summary>Returns the key of an account.</summary>
    /// <param name="id">The account's id.</param>
    public static LimitKey Account(long id) => new('a', id);

    /// <summary>Returns the key of an address: the IPv4 address, or the /64 of an IPv6 address, as a host with one address has all of it.</summary>
    /// <param name="address">The address; null is a key of its own.</param>
    public static LimitKey Address(IPAddress? address)
    {
        if (address is null)
        {
            return new('n', 0);
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return address.IsIPv4MappedToIPv6 ? new('4', BitConverter.ToUInt32(bytes[12..]))
            : address.AddressFamily == AddressFamily.InterNetworkV6 ? new('6', BitConverter.ToInt64(bytes))
            : new('4', BitConverter.ToUInt32(bytes[..written]));
    }

    /// <summary>Returns a key of the app's own. Any text is taken; a long one is kept by its hash.</summary>
    /// <param name="text">The text, compared as it is.</param>
    public static LimitKey Of(string text) => text.Length <= MaxLength
        ? new('t', 0, text)
        : new('h', 0, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()))));

    /// <summary>Returns whether both name the same.</summary>
    /// <param name="left">A key.</param>
    /// <param name="right">Another.</param>
    public static bool operator ==(LimitKey left, LimitKey right) => left.Equals(right);

    /// <summary>Returns whether they name different ones.</summary>
    /// <param name="left">A key.</param>
    /// <param name="right">Another.</param>
    public static bool operator !=(LimitKey left, LimitKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(LimitKey other) => Kind == other.Kind && Value == other.Value && string.Equals(Text, other.Text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LimitKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Value, Text is null ? 0 : Text.GetHashCode(StringComparison.Ordinal));

    /// <summary>Returns the key as a store names it: a letter for its kind and its value, in which <c>:</c> and spaces are escaped.</summary>
    // Half of a surrogate pair has no UTF-8: such a text is written by its code units.
    public override string ToString() => Kind switch
    {
        '\0' => "all",
        'a' => string.Create(CultureInfo.InvariantCulture, $"a{Value}"),
        't' when Text!.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) => "u" + Convert.ToHexStringLower(MemoryMarshal.AsBytes(Text!.AsSpan())),
        't' => "t" + Uri.EscapeDataString(Text!),
        'h' => "h" + Text,
        _ => string.Create(CultureInfo.InvariantCulture, $"{Kind}{Value:x}"),
    };
}
