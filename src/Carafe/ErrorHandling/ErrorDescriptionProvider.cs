using Carafe.Errors;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace Carafe.ErrorHandling;

/// <summary>Describes the errors of every endpoint as the app's own format, so that the API document has the schema of its type.</summary>
internal sealed class ErrorDescriptionProvider(IErrorFormat format) : IApiDescriptionProvider
{
    // After the platform's, which describes the endpoints.
    public int Order => -900;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        if (format.BodyType == typeof(ErrorBody))
        {
            return;
        }

        foreach (var endpoint in context.Results)
        {
            foreach (var error in endpoint.SupportedResponseTypes.Where(response => response.Type == typeof(ErrorBody)))
            {
                error.Type = format.BodyType;
            }

            if (endpoint.SupportedResponseTypes.All(response => response.StatusCode != StatusCodes.Status500InternalServerError))
            {
                endpoint.SupportedResponseTypes.Add(new ApiResponseType
                {
                    StatusCode = StatusCodes.Status500InternalServerError,
                    Type = format.BodyType,
                    ApiResponseFormats = [new ApiResponseFormat { MediaType = format.Options.MediaType }],
                });
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }
}
