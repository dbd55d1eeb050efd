using Carafe.Http;

namespace Carafe;

/// <summary>The cancellation of the request that is being handled, for helpers that are called from handlers and take none.</summary>
public static class RequestCancellation
{
    private static readonly AsyncLocal<RequestDeadline?> Current = new();

    /// <summary>Gets the token that ends with the request's time (<c>REQUEST_TIMEOUT</c>) or its client; <see cref="CancellationToken.None"/> outside a request.</summary>
    public static CancellationToken Token => Current.Value is { HasEnded: false } deadline ? deadline.RequestAborted : CancellationToken.None;

    /// <summary>Gives the token to use: the caller's own, or the request's where the caller gave none.</summary>
    /// <param name="cancellationToken">What the caller gave.</param>
    public static CancellationToken Or(CancellationToken cancellationToken) => cancellationToken.CanBeCanceled ? cancellationToken : Token;

    internal static void Set(RequestDeadline? deadline) => Current.Value = deadline;
}
