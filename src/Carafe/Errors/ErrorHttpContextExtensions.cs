using Carafe.Errors;

namespace Carafe;

/// <summary>Writes errors where nothing can be thrown or returned, such as in middleware.</summary>
public static class ErrorHttpContextExtensions
{
    /// <summary>Answers with an error in the one shape: <c>application/json</c>, or RFC 9457 where Accept names <c>application/problem+json</c>. The response must not have started.</summary>
    /// <param name="context">The request's context.</param>
    /// <param name="error">What the caller is told.</param>
    public static Task WriteErrorAsync(this HttpContext context, ApiError error) =>
        context.RequestServices.GetRequiredService<ErrorResponseWriter>().WriteAsync(context, error);
}
