namespace Carafe.Errors;

/// <summary>Provides the message of an error that has none of its own.</summary>
internal static class DefaultErrorMessages
{
    public static string For(int status) => status switch
    {
        400 => "The request could not be understood.",
        401 => "Sign in to do this.",
        403 => "You may not do this.",
        404 => "There is nothing at this address.",
        405 => "This address does not answer that method. See the Allow header for those it does.",
        406 => "Nothing here comes in a format that the Accept header allows.",
        408 => "The request took too long to arrive.",
        409 => "This conflicts with what is already there.",
        412 => "The resource has changed since you read it.",
        413 => "The body is larger than this address accepts.",
        415 => "The body has a Content-Type or Content-Encoding that this address does not read.",
        416 => "There are no such bytes. Content-Range says how many there are.",
        422 => "The request is well-formed and breaks a rule.",
        428 => "This request must be conditional: send If-Match with the ETag that you read.",
        429 => "Too many requests. Try again later.",
        503 => "The service cannot answer at the moment. Try again later.",
        504 => "This took too long and was given up. Try again later.",
        >= 500 => "An unexpected error occurred.",
        _ => "The request was refused.",
    };
}
