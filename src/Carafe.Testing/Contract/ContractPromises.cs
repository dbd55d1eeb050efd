using System.Text.Json;

namespace Carafe.Testing;

/// <summary>Finds what a written document promises of an operation and the app does not keep.</summary>
internal sealed class ContractPromises(ContractDocument written, ContractDocument app)
{
    private readonly ContractPromisedSchema _schemas = new(written.Schemas, app.Schemas);

    public IEnumerable<(ContractRank Rank, string Text)> Broken(ContractOperation promised, ContractOperation actual) =>
    [
        .. Responses(promised, actual),
        .. Security(promised, actual),
        .. Parameters(promised, actual).Concat(Bodies(promised, actual)).Select(text => (ContractRank.Request, text)),
    ];

    private IEnumerable<(ContractRank, string)> Responses(ContractOperation promised, ContractOperation actual)
    {
        var (left, right) = (promised.Responses(written), actual.Responses(app));
        foreach (var (status, response) in left.Where(item => item.Key.All(char.IsAsciiDigit)))
        {
            var rank = IsError(status) ? ContractRank.Error : ContractRank.Success;
            foreach (var text in right.TryGetValue(status, out var given) ? Response(status, response, given) : [$"status {status} is missing from the app"])
            {
                yield return (rank, text);
            }
        }

        foreach (var (status, response) in right.Where(item => !left.ContainsKey(item.Key)))
        {
            // "4XX" and "default" speak for statuses that are not listed.
            if (left.TryGetValue($"{status[0]}XX", out var range) || (IsError(status) && left.TryGetValue("default", out range)))
            {
                foreach (var text in Response(status, range, response))
                {
                    yield return (IsError(status) ? ContractRank.Error : ContractRank.Success, text);
                }
            }
            else if (!IsError(status) && status is not ("304" or "206"))
            {
                // 304 and 206 respond to headers that a client of the written document does not send.
                yield return (ContractRank.Extra, $"status {status} is not in the written document");
            }
        }
    }

    private static bool IsError(string status) => status[0] is '4' or '5' || status == "default";

    private IEnumerable<string> Response(string status, JsonElement promised, JsonElement given)
    {
        var contents = ContractDocument.Contents(given);
        foreach (var (media, schema) in ContractDocument.Contents(promised))
        {
            var texts = contents.TryGetValue(media, out var actual) || contents.TryGetValue("*/*", out actual)
                ? _schemas.Response(schema, actual, $"status {status} {media}")
                : [$"status {status} as {media} is missing from the app{(contents.Count > 0 ? $", which has {string.Join(", ", contents.Keys)}" : "")}"];
            foreach (var text in texts)
            {
                yield return text;
            }
        }

        var headers = given.TryGetProperty("headers", out var known) ? known.EnumerateObject().Select(header => header.Name).ToList() : [];
        foreach (var header in promised.TryGetProperty("headers", out var named) ? named.EnumerateObject() : default)
        {
            if (!headers.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"status {status} header {header.Name} is missing from the app";
            }
        }
    }

    private IEnumerable<(ContractRank, string)> Security(ContractOperation promised, ContractOperation actual)
    {
        var (closed, isClosed) = (IsClosed(written, promised), IsClosed(app, actual));
        if (closed != isClosed)
        {
            yield return (ContractRank.Success, isClosed ? "needs a signed-in caller in the app, and none in the written document"
                : "is open to everyone in the app, and needs a signed-in caller in the written document");
        }
    }

    // An empty requirement among others makes the rest optional.
    private static bool IsClosed(ContractDocument document, ContractOperation operation) =>
        (operation.Node.TryGetProperty("security", out var security) || document.Root.TryGetProperty("security", out security))
        && security.GetArrayLength() > 0 && security.EnumerateArray().All(choice => choice.EnumerateObject().Any());

    private IEnumerable<string> Parameters(ContractOperation promised, ContractOperation actual)
    {
        // OpenAPI ignores these three: they are the media types' and the security schemes'.
        var left = promised.Parameters(written).Where(parameter => parameter.Place != "header"
            || !new[] { "Accept", "Content-Type", "Authorization" }.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        var right = actual.Parameters(app);
        foreach (var parameter in left)
        {
            if (right.FirstOrDefault(known => IsSame(parameter, known)) is not { } known)
            {
                yield return $"{parameter.Place} parameter {parameter.Name} is missing from the app";
                continue;
            }

            if (known.Required && !parameter.Required)
            {
                yield return $"{parameter.Place} parameter {parameter.Name} is required in the app and optional in the written document";
            }

            foreach (var text in _schemas.Request(parameter.Schema, known.Schema, $"{parameter.Place} parameter {parameter.Name}"))
            {
                yield return text;
            }
        }

        foreach (var extra in right.Where(known => known.Required && !left.Exists(parameter => IsSame(parameter, known))))
        {
            yield return $"{extra.Place} parameter {extra.Name} is required in the app and not in the written document";
        }
    }

    private static bool IsSame(ContractParameter one, ContractParameter other) => one.Place == other.Place && (one.Place switch
    {
        "path" => one.Position == other.Position,
        "header" => one.Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase),
        _ => one.Name == other.Name,
    });

    private IEnumerable<string> Bodies(ContractOperation promised, ContractOperation actual)
    {
        var (left, mustLeft) = Body(written, promised);
        var (right, mustRight) = Body(app, actual);
        if (mustRight && !mustLeft)
        {
            yield return $"the body is required in the app and {(left.Count > 0 ? "optional" : "absent")} in the written document";
        }

        foreach (var (media, schema) in left)
        {
            var texts = right.TryGetValue(media, out var known) || right.TryGetValue("*/*", out known)
                ? _schemas.Request(schema, known, $"body {media}")
                : [$"body {media} is missing from the app{(right.Count > 0 ? $", which reads {string.Join(", ", right.Keys)}" : "")}"];
            foreach (var text in texts)
            {
                yield return text;
            }
        }
    }

    private static (Dictionary<string, JsonElement> Contents, bool Required) Body(ContractDocument document, ContractOperation operation)
    {
        if (!operation.Node.TryGetProperty("requestBody", out var body))
        {
            return ([], false);
        }

        body = document.Schemas.Resolve(body);
        return (ContractDocument.Contents(body), body.TryGetProperty("required", out var required) && required.GetBoolean());
    }
}
