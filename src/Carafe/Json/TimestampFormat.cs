namespace Carafe;

/// <summary>Names the form of timestamps (<see cref="DateTime"/>, <see cref="DateTimeOffset"/>) in JSON, queries, paths and forms.</summary>
public enum TimestampFormat
{
    /// <summary>Text with an offset, such as <c>2026-05-28T09:30:00Z</c> (RFC 3339).</summary>
    Rfc3339,

    /// <summary>A whole number: seconds since 1970-01-01 00:00 UTC.</summary>
    UnixSeconds,

    /// <summary>A whole number: milliseconds since 1970-01-01 00:00 UTC.</summary>
    UnixMilliseconds,
}
