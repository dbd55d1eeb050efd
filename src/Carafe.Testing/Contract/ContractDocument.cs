using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Testing;

/// <summary>Represents an OpenAPI document, and checks responses against it.</summary>
internal sealed class ContractDocument
{
    private readonly ContractSchema _schemas;

    public ContractDocument(JsonElement root)
    {
        _schemas = new ContractSchema(root);
        // Every operation can fail, so a document of the kit has this response.
        Errors = root.TryGetProperty("components", out var components) && components.TryGetProperty("responses", out var responses)
            && responses.TryGetProperty("InternalServerError", out var error) && error.TryGetProperty("content", out var content) ? content : null;
        Operations =
        [
            .. from path in root.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               where operation.Name is "get" or "put" or "post" or "patch" or "delete" or "head" or "options"
               select new ContractOperation(operation.Name.ToUpperInvariant(), path.Name, operation.Value),
        ];
    }

    public IReadOnlyList<ContractOperation> Operations { get; }

    public ContractSchema Schemas => _schemas;

    /// <summary>Gets the media types and schemas of errors.</summary>
    private JsonElement? Errors { get; }

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

/// <summary>Represents one operation of a document.</summary>
internal sealed class ContractOperation
{
    private readonly Regex _exact;
    private readonly Regex _loose;

    public ContractOperation(string method, string template, JsonElement node)
    {
        (Method, Template, Node) = (method, template, node);
        var pattern = string.Join("(?<slot>[^/]+)", Regex.Split(template, @"\{[^}]+\}").Select(Regex.Escape));
        _exact = new Regex($"^{pattern}/?$", RegexOptions.IgnoreCase);
        // OpenAPI cannot declare a parameter with slashes.
        _loose = new Regex($"^{pattern.Replace("[^/]+", ".+", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase);
        Parameters = node.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];
    }

    public string Method { get; }

    public string Template { get; }

    public JsonElement Node { get; }

    public IReadOnlyList<JsonElement> Parameters { get; }

    /// <summary>Gets the number of parameters: of two templates that match, the router takes the one with fewer.</summary>
    public int Slots => Regex.Count(Template, @"\{");

    public string Name => $"{Method} {Template}";

    public bool IsExact(string path) => _exact.IsMatch(path);

    public bool Matches(string path) => IsExact(path) || (Template.EndsWith('}') && Slots == 1 && _loose.IsMatch(path));
}
