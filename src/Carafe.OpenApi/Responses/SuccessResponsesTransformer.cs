using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Responses;

/// <summary>Documents what the platform leaves out of successes: bytes, and 304 where a response has an ETag.</summary>
internal sealed class SuccessResponsesTransformer : IOpenApiOperationTransformer
{
    private static readonly HashSet<Type> Bytes =
        [typeof(PhysicalFileHttpResult), typeof(VirtualFileHttpResult), typeof(FileContentHttpResult), typeof(FileStreamHttpResult),
            typeof(PushStreamHttpResult)];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault() is { } handler
            && Results(handler.ReturnType).Any(Bytes.Contains))
        {
            operation.Responses ??= [];
            operation.Responses["200"] = File("The bytes.");
            operation.Responses["206"] = File("The bytes that Range asked for (RFC 9110 section 14).");
            operation.Responses["412"] = operation.Responses["416"] = new OpenApiResponse();
            operation.Responses["304"] = new OpenApiResponse { Description = "Not Modified. What you have is what there is (RFC 9110 section 15.4.5)." };
        }

        return Task.CompletedTask;
    }

    private static OpenApiResponse File(string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [
            "*/*"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } }
        },
    };

    // Task<Results<A, B>> declares A and B.
    private static IEnumerable<Type> Results(Type type) =>
        type.IsGenericType && (type.Namespace == "System.Threading.Tasks" || typeof(INestedHttpResult).IsAssignableFrom(type))
            ? type.GetGenericArguments().SelectMany(Results)
            : [type];
}
