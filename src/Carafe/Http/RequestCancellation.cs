using Carafe.Bodies;

namespace Carafe;

/// <summary>Provides the cancellation token of the current request to helpers that are called from handlers without one.</summary>
public static class RequestCancellation
{
    private static readonly AsyncLocal<RequestDeadline?> Current = new();

    /// <summary>
    /// Gets the token that ends with the request's time (<c>REQUEST_TIMEOUT</c>) or its client; <see cref="CancellationToken.None"/> outside a request.
    /// </summary>
    public static CancellationToken Token => Current.Value is { HasEnded: false } deadline ? deadline.RequestAborted : CancellationToken.None;

    /// <summary>Gives the token to use: the caller's own, or the request's where the caller gave none.</summary>
    /// <param name="cancellationToken">What the caller gave.</param>
    public static CancellationToken Or(CancellationToken cancellationToken) => cancellationToken.CanBeCanceled ? cancellationToken : Token;

    internal static void Set(RequestDeadline? deadline) => Current.Value = deadline;
}
