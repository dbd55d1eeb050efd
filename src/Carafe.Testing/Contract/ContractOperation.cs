using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Testing;

/// <summary>Represents one operation of a document.</summary>
internal sealed class ContractOperation
{
    private readonly Regex _exact;
    private readonly Regex _loose;

    public ContractOperation(string method, string template, JsonElement node, JsonElement path)
    {
        (Method, Template, Node, Path) = (method, template, node, path);
        var pattern = string.Join("(?<slot>[^/]+)", Regex.Split(template, @"\{[^}]+\}").Select(Regex.Escape));
        _exact = new Regex($"^{pattern}/?$", RegexOptions.IgnoreCase);
        // OpenAPI cannot declare a parameter with slashes.
        _loose = new Regex($"^{pattern.Replace("[^/]+", ".+", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase);
    }

    public string Method { get; }

    public string Template { get; }

    public JsonElement Node { get; }

    /// <summary>Gets what the operations of its path share.</summary>
    public JsonElement Path { get; }

    /// <summary>Gets the number of parameters: of two templates that match, the router takes the one with fewer.</summary>
    public int Slots => Regex.Count(Template, @"\{");

    public string Name => $"{Method} {Template}";

    public bool IsExact(string path) => _exact.IsMatch(path);

    public bool Matches(string path) => IsExact(path) || (Template.EndsWith('}') && Slots == 1 && _loose.IsMatch(path));

    /// <summary>Returns its parameters with those of its path that it does not replace.</summary>
    public IReadOnlyList<ContractParameter> Parameters(ContractDocument document)
    {
        var own = Of(Node).Concat(Of(Path)).Select(document.Schemas.Resolve)
            .Select(parameter => (Name: parameter.GetProperty("name").GetString()!, Place: parameter.GetProperty("in").GetString()!, Node: parameter))
            .DistinctBy(parameter => (parameter.Name, parameter.Place));
        return [.. own.Select(parameter => new ContractParameter(parameter.Name, parameter.Place,
            parameter.Node.TryGetProperty("required", out var required) && required.GetBoolean(), Schema(parameter.Node), Position(parameter.Name)))];
    }

    /// <summary>Returns its responses by status.</summary>
    public Dictionary<string, JsonElement> Responses(ContractDocument document) =>
        Node.GetProperty("responses").EnumerateObject().ToDictionary(response => response.Name, response => document.Schemas.Resolve(response.Value));

    private static JsonElement.ArrayEnumerator Of(JsonElement owner) =>
        owner.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default;

    // A parameter may have a media type in place of a schema.
    private static JsonElement Schema(JsonElement parameter) => parameter.TryGetProperty("schema", out var schema)
        ? schema
        : parameter.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");

    // The name of a path parameter matters only inside its document.
    private int Position(string name) => Regex.Matches(Template, @"\{([^}]+)\}").TakeWhile(slot => slot.Groups[1].Value != name).Count() + 1;
}

/// <summary>Represents a parameter of an operation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it stands: path, query, header or cookie.</param>
/// <param name="Required">Whether it must be sent.</param>
/// <param name="Schema">Its values.</param>
/// <param name="Position">Which parameter of the path it is, from 1.</param>
internal sealed record ContractParameter(string Name, string Place, bool Required, JsonElement Schema, int Position);
