using System.Text.Json;

namespace Carafe.Testing;

/// <summary>Represents an OpenAPI document, and checks responses against it.</summary>
internal sealed class ContractDocument
{
    private readonly ContractSchema _schemas;

    public ContractDocument(JsonElement root)
    {
        Root = root;
        _schemas = new ContractSchema(root);
        // Every operation can fail, so a document of the kit has this response.
        Errors = root.TryGetProperty("components", out var components) && components.TryGetProperty("responses", out var responses)
            && responses.TryGetProperty("InternalServerError", out var error) && error.TryGetProperty("content", out var content) ? content : null;
        Operations =
        [
            .. from path in root.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               where operation.Name is "get" or "put" or "post" or "patch" or "delete" or "head" or "options"
               select new ContractOperation(operation.Name.ToUpperInvariant(), path.Name, operation.Value, path.Value),
        ];
    }

    public JsonElement Root { get; }

    public IReadOnlyList<ContractOperation> Operations { get; }

    public ContractSchema Schemas => _schemas;

    /// <summary>Gets the media types and schemas of errors.</summary>
    private JsonElement? Errors { get; }

    /// <summary>Returns the schemas of a body or a response by media type, without its parameters.</summary>
    public static Dictionary<string, JsonElement> Contents(JsonElement body) =>
        body.TryGetProperty("content", out var content)
            ? content.EnumerateObject().DistinctBy(media => Media(media.Name)).ToDictionary(
                media => Media(media.Name), media => media.Value.TryGetProperty("schema", out var schema) ? schema : media.Value)
            : [];

    public static ContractDocument Parse(ReadOnlyMemory<byte> utf8) => new(JsonDocument.Parse(utf8).RootElement);

    /// <summary>Returns what a response does that the document does not declare; empty when it conforms.</summary>
    public IEnumerable<string> Check(string method, string path, int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        var head = method == "HEAD";
        // A parameter with slashes does not apply to a path that has operations of its own, under any method.
        var exact = Operations.Any(operation => operation.IsExact(path));
        var operation = Operations.Where(operation => operation.Method == (head ? "GET" : method)
            && (exact ? operation.IsExact(path) : operation.Matches(path))).MinBy(operation => operation.Slots);
        if (operation is null)
        {
            return status < 400 || head ? [] : Error(status, contentType, body);
        }

        if (Response(operation, status) is not { } response)
        {
            return [$"{status} is not documented"];
        }

        response = _schemas.Resolve(response);
        if (!response.TryGetProperty("content", out var content))
        {
            return body.Length == 0 || head ? [] : [$"{status} has a body, and none is documented"];
        }

        return head ? [] : Body(status, content, contentType, body);
    }

    private static string Media(string name) => name.Split(';')[0].Trim();

    private static JsonElement? Response(ContractOperation operation, int status) =>
        operation.Node.GetProperty("responses").TryGetProperty(status.ToString(System.Globalization.CultureInfo.InvariantCulture), out var response)
            ? response
            : null;

    private IEnumerable<string> Body(int status, JsonElement content, string? contentType, ReadOnlyMemory<byte> body)
    {
        var type = contentType?.Split(';')[0].Trim();
        if (type is null || !(content.TryGetProperty(type, out var media) || content.TryGetProperty("*/*", out media)))
        {
            return [$"{status} is {type ?? "without a Content-Type"}, documented is " +
                $"{string.Join(" or ", content.EnumerateObject().Select(known => known.Name))}"];
        }

        return type.EndsWith("json", StringComparison.Ordinal) && media.TryGetProperty("schema", out var schema) ? Json(schema, body) : [];
    }

    private IEnumerable<string> Error(int status, string? contentType, ReadOnlyMemory<byte> body) =>
        Errors is not { } errors ? []
        : contentType?.Split(';')[0].Trim() is { } type && errors.TryGetProperty(type, out var media) ? Json(media.GetProperty("schema"), body)
        : [$"{status} is {contentType ?? "without a body"} and not an error in the standard format"];

    private IEnumerable<string> Json(JsonElement schema, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return [.. _schemas.Check(schema, json.RootElement)];
        }
        catch (JsonException exception)
        {
            return [$"the body is not JSON: {exception.Message}"];
        }
    }
}
