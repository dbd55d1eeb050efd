using Carafe.OpenApi.Operations;
using Carafe.OpenApi.Responses;
using Carafe.OpenApi.Schemas;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi;

/// <summary>Makes the platform's OpenAPI document say what a Carafe app does.</summary>
public static class CarafeOpenApiExtensions
{
    /// <summary>
    /// Adds to the platform's document (OpenAPI 3.1): operation ids and tags from blueprints, every error that an endpoint can answer, headers, who may call what, paging
    /// parameters, true JSON shapes. The app calls it itself, so that handlers' doc comments are found: <c>builder.Services.AddOpenApi(options => options.AddCarafe(...))</c>.
    /// </summary>
    /// <param name="options">The platform's options.</param>
    /// <param name="describe">Title, description, licence and contact. Unless told, the title is the app's name and the version that of its assembly.</param>
    public static OpenApiOptions AddCarafe(this OpenApiOptions options, Action<OpenApiInfo>? describe = null)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        var answers = new AnswerSchemas();
        options.AddSchemaTransformer<TrueSchemas>();
        options.AddSchemaTransformer(answers);
        options.AddOperationTransformer<OperationFacts>();
        options.AddOperationTransformer<Parameters>();
        options.AddOperationTransformer<SuccessResponses>();
        options.AddOperationTransformer<HttpFacts>();
        options.AddOperationTransformer<ErrorResponses>();
        options.AddOperationTransformer<ResponseHeaders>();
        options.AddDocumentTransformer(answers);
        options.AddDocumentTransformer<MergePatches>();
        options.AddDocumentTransformer<EquivalentPaths>();
        options.AddDocumentTransformer(new DocumentFacts(describe));
        return options;
    }
}
