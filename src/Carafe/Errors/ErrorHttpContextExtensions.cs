using Carafe.Errors;

namespace Carafe;

/// <summary>Writes errors where nothing can be thrown or returned, such as in middleware.</summary>
public static class ErrorHttpContextExtensions
{
    /// <summary>
    /// Writes a standard error: <c>application/json</c>, or RFC 9457 where Accept names <c>application/problem+json</c>. The response must not have
    /// started.
    /// </summary>
    /// <param name="context">The request's context.</param>
    /// <param name="error">The error to send.</param>
    public static Task WriteErrorAsync(this HttpContext context, ApiError error) =>
        context.RequestServices.GetRequiredService<IErrorWriter>().WriteAsync(context, error);
}
