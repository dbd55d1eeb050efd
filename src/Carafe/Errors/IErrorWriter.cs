namespace Carafe.Errors;

/// <summary>Writes an <see cref="ApiError"/> as the response.</summary>
internal interface IErrorWriter
{
    Task WriteAsync(HttpContext context, ApiError error);
}
