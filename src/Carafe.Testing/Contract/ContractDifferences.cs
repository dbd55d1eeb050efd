using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Testing;

/// <summary>Finds where two documents differ.</summary>
internal static class ContractDifferences
{
    // These describe a value, not what it may be.
    private static readonly HashSet<string> Words = ["description", "title", "example", "examples", "summary", "externalDocs", "deprecated", "default",
        "$comment"];

    public static IEnumerable<string> Between(ContractDocument written, ContractDocument app)
    {
        var (left, right) = (written.Operations.ToDictionary(Key), app.Operations.ToDictionary(Key));
        foreach (var (key, operation) in left)
        {
            if (!right.TryGetValue(key, out var other))
            {
                yield return $"{operation.Name}: the app has no such operation";
                continue;
            }

            foreach (var difference in Operation(written, operation, app, other))
            {
                yield return $"{operation.Name}: {difference}";
            }
        }

        foreach (var operation in right.Where(item => !left.ContainsKey(item.Key)))
        {
            yield return $"{operation.Value.Name}: is not in the written document";
        }
    }

    // The name of a path parameter matters only inside its document.
    private static string Key(ContractOperation operation) => $"{operation.Method} {Regex.Replace(operation.Template, @"\{[^}]+\}", "{}")}";

    private static IEnumerable<string> Operation(ContractDocument written, ContractOperation a, ContractDocument app, ContractOperation b) =>
    [
        .. Named("parameter", Parameters(written, a), Parameters(app, b), (left, right, at) => Compare(written, left, app, right, at, [])),
        .. Named("body", Bodies(written, a.Node), Bodies(app, b.Node), (left, right, at) => Compare(written, left, app, right, at, [])),
        .. Named("status", Statuses(a), Statuses(b), (left, right, at) => Named(
            $"{at} as", Contents(written.Schemas.Resolve(left)), Contents(app.Schemas.Resolve(right)),
            (x, y, inner) => Compare(written, x, app, y, inner, []))),
    ];

    private static IEnumerable<string> Named(
        string kind,
        Dictionary<string, JsonElement> written, Dictionary<string, JsonElement> app, Func<JsonElement, JsonElement, string, IEnumerable<string>> compare) =>
    [
        .. written.Keys.Except(app.Keys).Select(name => $"{kind} {name} is missing from the app"),
        .. app.Keys.Except(written.Keys).Select(name => $"{kind} {name} is not in the written document"),
        .. written.Keys.Intersect(app.Keys).SelectMany(name => compare(written[name], app[name], $"{kind} {name}")),
    ];

    private static Dictionary<string, JsonElement> Parameters(ContractDocument document, ContractOperation operation) =>
        operation.Parameters.Select(document.Schemas.Resolve)
            .Select((parameter, index) => (Name: parameter.GetProperty("in").GetString() == "path"
                ? $"{index + 1} of the path"
                : parameter.GetProperty("name").GetString()!, Schema: parameter.GetProperty("schema")))
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Schema);

    private static Dictionary<string, JsonElement> Bodies(ContractDocument document, JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) ? Contents(document.Schemas.Resolve(body)) : [];

    private static Dictionary<string, JsonElement> Statuses(ContractOperation operation) =>
        operation.Node.GetProperty("responses").EnumerateObject().ToDictionary(response => response.Name, response => response.Value);

    private static Dictionary<string, JsonElement> Contents(JsonElement body) =>
        body.TryGetProperty("content", out var content)
            ? content.EnumerateObject().ToDictionary(media => media.Name, media => media.Value.TryGetProperty("schema", out var schema) ? schema : media.Value)
            : [];

    private static IEnumerable<string> Compare(ContractDocument written, JsonElement a, ContractDocument app, JsonElement b, string at, HashSet<string> seen)
    {
        // A schema that contains itself is compared once.
        if (a.ValueKind == JsonValueKind.Object && a.TryGetProperty("$ref", out var pointer) && !seen.Add(pointer.GetString()!))
        {
            return [];
        }

        (a, b) = (written.Schemas.Resolve(a), app.Schemas.Resolve(b));
        return (a.ValueKind, b.ValueKind) switch
        {
            (JsonValueKind.Object, JsonValueKind.Object) => Members(written, a, app, b, at, seen),
            (JsonValueKind.Array, JsonValueKind.Array) => Lists(written, a, app, b, at, seen),
            _ when a.ValueKind == JsonValueKind.Number && b.ValueKind == JsonValueKind.Number && a.GetDecimal() == b.GetDecimal() => [],
            _ => JsonElement.DeepEquals(a, b) ? [] : [$"{at} is {b.GetRawText()} in the app and {a.GetRawText()} in the written document"],
        };
    }

    private static IEnumerable<string> Members(ContractDocument written, JsonElement a, ContractDocument app, JsonElement b, string at, HashSet<string> seen)
    {
        var inside = at.EndsWith(".properties", StringComparison.Ordinal);
        foreach (var name in a.EnumerateObject().Concat(b.EnumerateObject()).Select(member => member.Name).Where(name => inside || !Words.Contains(name))
            .Distinct())
        {
            var (left, right) = (a.TryGetProperty(name, out var x), b.TryGetProperty(name, out var y));
            var differences = left && right
                ? Compare(written, x, app, y, $"{at}.{name}", seen)
                : [$"{at}.{name} {(left ? "is missing from the app" : "is not in the written document")}"];
            foreach (var difference in differences)
            {
                yield return difference;
            }
        }
    }

    // required, enum and type are sets.
    private static IEnumerable<string> Lists(ContractDocument written, JsonElement a, ContractDocument app, JsonElement b, string at, HashSet<string> seen)
    {
        var (left, right) = (a.EnumerateArray().OrderBy(item => item.GetRawText(), StringComparer.Ordinal).ToList(),
            b.EnumerateArray().OrderBy(item => item.GetRawText(), StringComparer.Ordinal).ToList());
        return left.Count == right.Count
            ? left.Zip(right).SelectMany(pair => Compare(written, pair.First, app, pair.Second, at, seen))
            : [$"{at} is {b.GetRawText()} in the app and {a.GetRawText()} in the written document"];
    }
}
