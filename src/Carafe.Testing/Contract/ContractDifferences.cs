using System.Text.Json;

namespace Carafe.Testing;

/// <summary>Finds where two documents differ.</summary>
internal static class ContractDifferences
{
    // These describe a value, not what it may be.
    private static readonly HashSet<string> Words = ["description", "title", "example", "examples", "summary", "externalDocs", "deprecated", "default",
        "$comment"];

    public static IEnumerable<ContractDifference> Between(ContractDocument written, ContractDocument app, ContractMatch match)
    {
        var known = new Dictionary<string, ContractOperation>();
        foreach (var (key, operation) in app.Operations.SelectMany(operation => ContractServers.Keys(app, operation).Select(key => (key, operation))))
        {
            known.TryAdd(key, operation);
        }

        var seen = new HashSet<ContractOperation>();
        foreach (var operation in written.Operations)
        {
            var keys = ContractServers.Keys(written, operation).ToList();
            if (keys.Find(known.ContainsKey) is not { } key)
            {
                yield return new(operation.Name, ContractRank.Operation, $"the app has no such operation{At(keys, operation)}");
                continue;
            }

            seen.Add(known[key]);
            var differences = match == ContractMatch.Exact
                ? Operation(written, operation, app, known[key])
                : new ContractPromises(written, app).Broken(operation, known[key]);
            foreach (var (rank, text) in differences)
            {
                yield return new(operation.Name, rank, text);
            }
        }

        foreach (var operation in app.Operations.Where(operation => match == ContractMatch.Exact && !seen.Contains(operation)))
        {
            yield return new(operation.Name, ContractRank.Extra, "is not in the written document");
        }
    }

    private static string At(List<string> keys, ContractOperation operation) =>
        keys[0] == operation.Name || !keys[0].Contains(' ', StringComparison.Ordinal) || operation.Template.TrimEnd('/').Length == keys[0].Split(' ')[1].Length
            ? "" : $": the document's servers put it at {string.Join(" or ", keys.Select(key => key.Split(' ')[1]))}";

    private static IEnumerable<(ContractRank Rank, string Text)> Operation(
        ContractDocument written, ContractOperation a, ContractDocument app, ContractOperation b) =>
    [
        .. Statuses(written, a, app, b),
        .. Named("parameter", Parameters(written, a), Parameters(app, b), (left, right, at) => Compare(written, left, app, right, at, []))
            .Concat(Named("body", Bodies(written, a), Bodies(app, b), (left, right, at) => Compare(written, left, app, right, at, [])))
            .Select(text => (ContractRank.Request, text)),
    ];

    private static IEnumerable<(ContractRank Rank, string Text)> Statuses(
        ContractDocument written, ContractOperation a, ContractDocument app, ContractOperation b)
    {
        var (left, right) = (a.Responses(written), b.Responses(app));
        foreach (var name in left.Keys.Concat(right.Keys).Distinct())
        {
            var rank = name is ['2' or '3', ..] ? ContractRank.Success : ContractRank.Error;
            var texts = (left.GetValueOrDefault(name), right.GetValueOrDefault(name)) switch
            {
                ({ ValueKind: JsonValueKind.Undefined }, _) => [$"status {name} is not in the written document"],
                (_, { ValueKind: JsonValueKind.Undefined }) => [$"status {name} is missing from the app"],
                var (x, y) => Named($"status {name} as", ContractDocument.Contents(x), ContractDocument.Contents(y),
                    (one, other, at) => Compare(written, one, app, other, at, [])),
            };
            foreach (var text in texts)
            {
                yield return (rank, text);
            }
        }
    }

    private static IEnumerable<string> Named(
        string kind,
        Dictionary<string, JsonElement> written, Dictionary<string, JsonElement> app, Func<JsonElement, JsonElement, string, IEnumerable<string>> compare) =>
    [
        .. written.Keys.Except(app.Keys).Select(name => $"{kind} {name} is missing from the app"),
        .. app.Keys.Except(written.Keys).Select(name => $"{kind} {name} is not in the written document"),
        .. written.Keys.Intersect(app.Keys).SelectMany(name => compare(written[name], app[name], $"{kind} {name}")),
    ];

    private static Dictionary<string, JsonElement> Parameters(ContractDocument document, ContractOperation operation) =>
        operation.Parameters(document).ToDictionary(parameter => parameter.Place == "path" ? $"{parameter.Position} of the path" : parameter.Name,
            parameter => parameter.Schema);

    private static Dictionary<string, JsonElement> Bodies(ContractDocument document, ContractOperation operation) =>
        operation.Node.TryGetProperty("requestBody", out var body) ? ContractDocument.Contents(document.Schemas.Resolve(body)) : [];

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
