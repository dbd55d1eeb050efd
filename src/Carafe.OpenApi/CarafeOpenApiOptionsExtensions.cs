using Carafe.OpenApi.Operations;
using Carafe.OpenApi.Responses;
using Carafe.OpenApi.Schemas;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi;

/// <summary>Completes the platform's OpenAPI document for a Carafe app.</summary>
public static class CarafeOpenApiOptionsExtensions
{
    /// <summary>
    /// Adds to the platform's document (OpenAPI 3.1): operation ids and tags from blueprints, every error that an endpoint can send, headers, who may
    /// call what, paging parameters, true JSON shapes. The app calls it itself, so that handlers' doc comments are found:
    /// <c>builder.Services.AddOpenApi(options => options.AddCarafeConventions(...))</c>.
    /// </summary>
    /// <param name="options">The platform's options.</param>
    /// <param name="describe">Sets title, description, licence and contact. Default: the app's name as the title and its assembly's version.</param>
    public static OpenApiOptions AddCarafeConventions(this OpenApiOptions options, Action<OpenApiInfo>? describe = null)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = new SchemaNames().For;
        var responses = new ResponseSchemaTransformer(info => options.CreateSchemaReferenceId(info));
        options.AddSchemaTransformer(new ActualSchemaTransformer(info => options.CreateSchemaReferenceId(info)));
        options.AddSchemaTransformer(responses);
        options.AddOperationTransformer<OperationInfoTransformer>();
        options.AddOperationTransformer<ParametersTransformer>();
        options.AddOperationTransformer<SuccessResponsesTransformer>();
        options.AddOperationTransformer<HttpSemanticsTransformer>();
        options.AddOperationTransformer<ErrorResponsesTransformer>();
        options.AddOperationTransformer<ResponseHeadersTransformer>();
        options.AddDocumentTransformer(responses);
        options.AddDocumentTransformer<MergePatchTransformer>();
        options.AddDocumentTransformer<EquivalentPathsTransformer>();
        options.AddDocumentTransformer<BodyExampleTransformer>();
        options.AddDocumentTransformer<JsonMediaTypeTransformer>();
        options.AddDocumentTransformer(new DocumentInfoTransformer(describe));
        return options;
    }
}
