using System.Text.Json;

namespace Carafe.Testing;

/// <summary>
/// Finds where values that a written schema promises would break on the app's: a request takes what was promised, a response has nothing else. The app's
/// limits may be stricter in both.
/// </summary>
internal sealed class ContractPromisedSchema(ContractSchema written, ContractSchema app)
{
    private static readonly string[] Least = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
    private static readonly string[] Most = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
    private static readonly string[] Equal = ["pattern", "format", "multipleOf", "uniqueItems"];

    public IEnumerable<string> Request(JsonElement promised, JsonElement actual, string at) => Compare(promised, actual, at, isRequest: true, []);

    public IEnumerable<string> Response(JsonElement promised, JsonElement actual, string at) => Compare(promised, actual, at, isRequest: false, []);

    private List<string> Compare(JsonElement promised, JsonElement actual, string at, bool isRequest, HashSet<(string, string)> above)
    {
        // A schema that contains itself is compared once.
        var pair = (Reference(promised), Reference(actual));
        if (pair is not ("", "") && !above.Add(pair))
        {
            return [];
        }

        var (left, right) = (ContractShape.Of(written, promised), ContractShape.Of(app, actual));
        List<string> broken = Choices(left, right, promised, actual, at, isRequest, above)?.ToList() ??
        [
            .. Types(left, right, at, isRequest),
            .. Values(left, right, at, isRequest),
            .. Limits(left, right, at),
            .. Members(left, right, at, isRequest, above),
        ];
        above.Remove(pair);
        return broken;
    }

    private static string Reference(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var pointer) ? pointer.GetString()! : "";

    // Null where neither is a choice. Of a request each promised choice must be taken, of a response each of the app's must be promised.
    private IEnumerable<string>? Choices(ContractShape left, ContractShape right, JsonElement promised, JsonElement actual, string at, bool isRequest,
        HashSet<(string, string)> above)
    {
        if (left.Choices.Count == 0 && right.Choices.Count == 0)
        {
            return null;
        }

        var (promises, actuals) = (left.Choices.Count > 0 ? left.Choices : [promised], right.Choices.Count > 0 ? right.Choices : [actual]);
        // A schema that is compared to the choices of the other in its own name would be met again.
        HashSet<(string, string)> inside = [.. above];
        inside.Remove((Reference(promised), Reference(actual)));
        return isRequest
            ? promises.SelectMany(choice => Best(actuals.Select(known => Compare(choice, known, at, isRequest, [.. inside]))))
            : actuals.SelectMany(known => Best(promises.Select(choice => Compare(choice, known, at, isRequest, [.. inside]))));
    }

    private static List<string> Best(IEnumerable<List<string>> tries) => tries.MinBy(broken => broken.Count) ?? [];

    private static IEnumerable<string> Types(ContractShape left, ContractShape right, string at, bool isRequest)
    {
        if (left.Types.Count == 0 || (isRequest && right.Types.Count == 0))
        {
            yield break;
        }

        var (from, to) = isRequest ? (left.Types, right.Types) : (right.Types, left.Types);
        if (from.Count == 0 || !from.All(type => to.Contains(type) || (type == "integer" && to.Contains("number"))))
        {
            yield return $"{at} is {Name(right)} in the app and {Name(left)} in the written document";
        }

        static string Name(ContractShape shape) => shape.Types.Count == 0 ? "of any type" : string.Join(" or ", shape.Types.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Values(ContractShape left, ContractShape right, string at, bool isRequest)
    {
        // Values that the app lists for a free text are a stricter limit.
        if (left.Values is not { } promised || (isRequest && right.Values is null))
        {
            yield break;
        }

        var known = right.Values ?? [];
        var missing = isRequest ? promised.Where(value => !Has(known, value)) : known.Where(value => !Has(promised, value));
        if (right.Values is null)
        {
            yield return $"{at} may be anything in the app and {List(promised)} in the written document";
        }
        else if (missing.Any())
        {
            yield return $"{at} may be {List(known)} in the app and {List(promised)} in the written document";
        }

        static bool Has(List<JsonElement> values, JsonElement value) => values.Exists(other => JsonElement.DeepEquals(other, value));

        static string List(List<JsonElement> values) => string.Join(", ", values.Select(value => value.GetRawText()));
    }

    private static IEnumerable<string> Limits(ContractShape left, ContractShape right, string at)
    {
        foreach (var (name, promised) in left.Keywords)
        {
            var (least, most) = (Least.Contains(name), Most.Contains(name));
            var hasOwn = right.Keywords.TryGetValue(name, out var own);
            if ((!least && !most && !Equal.Contains(name)) || (name == "format" && IsOfNumber(promised)))
            {
                continue;
            }

            if (!hasOwn)
            {
                yield return $"{at}.{name} is missing from the app and {promised.GetRawText()} in the written document";
            }
            else if (least ? own.GetDouble() < promised.GetDouble() : most ? own.GetDouble() > promised.GetDouble() : !JsonElement.DeepEquals(own, promised))
            {
                yield return $"{at}.{name} is {own.GetRawText()} in the app and {promised.GetRawText()} in the written document";
            }
        }
    }

    // How a number is kept does not show on the wire.
    private static bool IsOfNumber(JsonElement format) => format.GetString() is "int32" or "int64" or "float" or "double" or "decimal";

    private IEnumerable<string> Members(ContractShape left, ContractShape right, string at, bool isRequest, HashSet<(string, string)> above)
    {
        foreach (var (name, promised) in left.Properties)
        {
            if (right.Properties.TryGetValue(name, out var own) || (right.Others is { } others && (own = others).ValueKind == JsonValueKind.Object))
            {
                foreach (var text in Compare(promised, own, $"{at}.{name}", isRequest, above))
                {
                    yield return text;
                }
            }
            else if (!isRequest || right.IsClosed || right.Properties.Count > 0)
            {
                yield return $"{at}.{name} is missing from the app";
            }
        }

        var (must, may) = isRequest ? (right, left) : (left, right);
        // A response's member that the app lacks altogether is reported above.
        foreach (var name in must.Required.Where(name => !may.Required.Contains(name)
            && (isRequest || right.Properties.ContainsKey(name) || !left.Properties.ContainsKey(name))))
        {
            yield return isRequest
                ? $"{at}.{name} is required in the app and {(left.Properties.ContainsKey(name) ? "optional" : "absent")} in the written document"
                : $"{at}.{name} is optional or absent in the app and required in the written document";
        }

        foreach (var name in right.Properties.Keys.Where(name => !isRequest && left.IsClosed && !left.Properties.ContainsKey(name)))
        {
            yield return $"{at}.{name} is not in the written document, which has no other members";
        }

        foreach (var text in Parts(left, right, at, isRequest, above))
        {
            yield return text;
        }
    }

    private IEnumerable<string> Parts(ContractShape left, ContractShape right, string at, bool isRequest, HashSet<(string, string)> above) =>
    [
        .. left.Items is { } items && right.Items is { } own ? Compare(items, own, $"{at}[]", isRequest, above) : [],
        .. left.Others is { } others && right.Others is { } known ? Compare(others, known, $"{at}.*", isRequest, above) : [],
    ];
}
