using System.Text.Json;
using System.Text.Json.Nodes;
using Carafe.Errors;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Responses;

/// <summary>Defines the two schemas that every error shares: the standard format, and the same facts as RFC 9457.</summary>
internal static class ErrorSchemas
{
    public const string Body = "ErrorBody";
    public const string Problem = "Problem";

    /// <summary>Names the response that every endpoint declares with the type of the app's own format.</summary>
    public const string OwnExample = "500";

    private const string ProblemJson = "application/problem+json";

    /// <summary>Adds the schemas and returns the one of an error's body.</summary>
    public static IOpenApiSchema AddTo(OpenApiDocument document, OpenApiOperation operation, IErrorFormat format, JsonNamingPolicy? names)
    {
        if (!IsOwn(format) && document.Components?.Schemas?.ContainsKey(Body) != true)
        {
            document.AddComponent<IOpenApiSchema>(Body, Shape(
                names,
                "The body of every error.",
                [(Name("Error", names), Text("The reason phrase of the status.")), (Name("Message", names), Text("What went wrong, for the caller.")),
                    (Name("Status", names), Status())]));
        }

        AddProblem(document, format, names);
        return IsOwn(format) ? operation.Responses![OwnExample].Content!.First().Value.Schema! : new OpenApiSchemaReference(Body, document);
    }

    private static void AddProblem(OpenApiDocument document, IErrorFormat format, JsonNamingPolicy? names)
    {
        if (!HasProblem(format) || document.Components?.Schemas?.ContainsKey(Problem) == true)
        {
            return;
        }

        document.AddComponent<IOpenApiSchema>(Problem, Shape(
            names,
            "An error as RFC 9457 problem details, for callers that send Accept: application/problem+json.",
            [("type", Text("A URI for the kind of problem.", "uri-reference")), ("title", Text("The reason phrase of the status.")), ("status", Status()),
                ("detail", Text("What went wrong, for the caller.")), ("instance", Text("The path that was asked for."))]));
    }

    /// <summary>Describes the bodies of one error status.</summary>
    public static Dictionary<string, OpenApiMediaType> Content(
        OpenApiDocument document, IErrorFormat format, IOpenApiSchema body, int status, string phrase, JsonSerializerOptions json)
    {
        var example = new ErrorDetails(status, phrase, DefaultErrorMessages.For(status)) { TraceId = TraceId };
        var content = new Dictionary<string, OpenApiMediaType>
        {
            [format.Options.MediaType] = new()
            {
                Schema = body,
                Example = JsonNode.Parse(format.Serialize(example, json)),
            },
        };
        if (HasProblem(format))
        {
            content[ProblemJson] = new()
            {
                Schema = new OpenApiSchemaReference(Problem, document),
                Example = ProblemExample(example, json.PropertyNamingPolicy),
            };
        }

        return content;
    }

    private static JsonObject ProblemExample(ErrorDetails error, JsonNamingPolicy? names) => new JsonObject
    {
        ["type"] = "about:blank",
        ["title"] = error.Title,
        ["status"] = error.Status,
        ["detail"] = error.Message,
        ["instance"] = "/",
        [Name("TraceId", names)] = error.TraceId,
    };

    private static bool IsOwn(IErrorFormat format) => format.BodyType != typeof(ErrorBody);

    private static bool HasProblem(IErrorFormat format) => format.Options is { ProblemDetails: true, MediaType: not ProblemJson };

    private static string Name(string name, JsonNamingPolicy? names) => names?.ConvertName(name) ?? name;

    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private static OpenApiSchema Shape(JsonNamingPolicy? names, string description, IReadOnlyList<(string Name, IOpenApiSchema Schema)> members)
    {
        var properties = members.ToDictionary(member => member.Name, member => member.Schema);
        properties[Name("Errors", names)] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Errors by JSON name and path; absent when the error is not about particular members.",
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
        };
        properties[Name("Reason", names)] = Text("A stable word for the cause, for programs; absent when the status says it all.");
        properties[Name("TraceId", names)] = Text("The trace id under which the server logged the request (W3C Trace Context).");
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = description,
            Properties = properties,
            Required = members.Select(member => member.Name).ToHashSet(),
            AdditionalPropertiesAllowed = false,
        };
    }

    private static OpenApiSchema Text(string description, string? format = null) =>
        new() { Type = JsonSchemaType.String, Description = description, Format = format };

    private static OpenApiSchema Status() =>
        new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "400", Maximum = "599", Description = "The HTTP status code." };
}
