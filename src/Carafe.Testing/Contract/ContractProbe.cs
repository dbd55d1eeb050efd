using System.Text;
using System.Text.Json;

namespace Carafe.Testing;

/// <summary>Calls an app with requests generated from its document alone.</summary>
public static class ContractProbe
{
    /// <summary>
    /// Sends valid and invalid requests, every operation in turn, and checks each response as
    /// <see cref="ContractTesting.EnforceContract(TestApp, string)"/> does; a 5xx is an error whether documented or not. The same seed sends the same
    /// requests.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="caller">Returns the client for the request with that number: anonymous, a user, an admin. Called before each request, since requests
    /// may end sessions and delete accounts.</param>
    /// <param name="requests">The number of requests.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="document">Where the app serves its document.</param>
    public static async Task<ContractProbeReport> ProbeContractAsync(
        this TestApp app, Func<int, Task<HttpClient>> caller, int requests = 5_000, int seed = 1, string document = "/openapi/v1.json")
    {
        var contract = await ContractTesting.ReadAsync(app, document);
        var values = new ContractValues(contract.Schemas, new Random(seed));
        var report = new ContractProbeReport();
        // The probe reports every error, not the first.
        app.ResponseCheck = null;
        for (var number = 0; number < requests; number++)
        {
            var operation = contract.Operations[number % contract.Operations.Count];
            using var request = Request(contract, operation, values);
            var client = await caller(number);
            using var response = await client.SendAsync(request);
            var body = await response.Content.ReadAsByteArrayAsync();
            var status = (int)response.StatusCode;
            values.Learn(body);
            report.Count(operation.Name, status);
            // The request may have reached another operation: an odd parameter makes another path.
            var differences = contract.Check(request.Method.Method, request.RequestUri!.AbsolutePath, status,
                response.Content.Headers.ContentType?.ToString(), body);
            report.Add([.. status >= 500 ? [$"{status}"] : Array.Empty<string>(), .. differences], () => Describe(number, request, status, body));
        }

        return report;
    }

    private static HttpRequestMessage Request(ContractDocument contract, ContractOperation operation, ContractValues values)
    {
        // Half of all requests are right in every part; in the others each part may be wrong.
        var wrong = values.Chance(0.5) ? 0.4 : 0;
        var (path, query, headers) = (operation.Template, new List<string>(), new List<(string Name, string Value)>());
        foreach (var (name, place, required, schema, _) in operation.Parameters(contract))
        {
            // No server accepts a path with U+0000.
            var value = values.Text(schema, wrong).Replace("\0", "", StringComparison.Ordinal);
            if (place == "path")
            {
                path = path.Replace($"{{{name}}}", Uri.EscapeDataString(value.Length == 0 ? "-" : value), StringComparison.Ordinal);
            }
            else if (place == "header" && values.Chance(0.3))
            {
                headers.Add((name, values.Pick(["*", "\"1\"", "\"2\", \"3\"", "W/\"1\"", value])));
            }
            else if (place == "query" && (required ? !values.Chance(wrong / 4) : values.Chance(0.4)))
            {
                query.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }

        var request = new HttpRequestMessage(new HttpMethod(operation.Method), path + (query.Count == 0 ? "" : "?" + string.Join('&', query)));
        headers.ForEach(header => request.Headers.TryAddWithoutValidation(header.Name, string.Concat(header.Value.Where(sign => sign is >= ' ' and <= '~'))));
        if (operation.Node.TryGetProperty("requestBody", out var body) && !values.Chance(wrong / 10))
        {
            request.Content = Content(contract.Schemas.Resolve(body), values, wrong);
        }

        return request;
    }

    private static ByteArrayContent Content(JsonElement body, ContractValues values, double wrong)
    {
        var media = values.Pick([.. body.GetProperty("content").EnumerateObject()]);
        var json = media.Name.EndsWith("json", StringComparison.Ordinal);
        var bytes = json ? Encoding.UTF8.GetBytes(values.Value(media.Value.GetProperty("schema"), wrong)?.ToJsonString() ?? "null") : values.Bytes();
        if (json && values.Chance(wrong / 8))
        {
            bytes = values.Pick<byte[]>(
                [[], bytes[..(bytes.Length / 2)], [.. bytes, (byte)'x'], [0xff, 0xfe, 0x00], Encoding.UTF8.GetBytes(new string('[', 200))]);
        }

        var content = new ByteArrayContent(bytes);
        var type = media.Name.Contains('*', StringComparison.Ordinal) ? "application/octet-stream" : media.Name;
        content.Headers.TryAddWithoutValidation("Content-Type", json && values.Chance(wrong / 10)
            ? values.Pick(["text/plain", "application/xml", "nonsense"])
            : type);
        return content;
    }

    private static string Describe(int number, HttpRequestMessage request, int status, byte[] payload)
    {
        var sent = request.Content is null ? "" : " " + Cut(request.Content.ReadAsStringAsync().GetAwaiter().GetResult());
        return $"#{number} {request.Method} {Cut(request.RequestUri!.PathAndQuery)}{sent} answered {status} {Cut(Encoding.UTF8.GetString(payload))}";
    }

    private static string Cut(string text) => text.Length > 300 ? text[..300] + "..." : text;
}

/// <summary>Reports what a run of <see cref="ContractProbe"/> found.</summary>
public sealed class ContractProbeReport
{
    private readonly Dictionary<(string Operation, int Status), int> _responses = [];
    private readonly List<string> _failures = [];

    /// <summary>Gets how many responses each operation gave, by status.</summary>
    public IReadOnlyDictionary<(string Operation, int Status), int> Responses => _responses;

    /// <summary>Gets what did not match the document, with the request that showed it.</summary>
    public IReadOnlyList<string> Failures => _failures;

    internal void Count(string operation, int status) => _responses[(operation, status)] = _responses.GetValueOrDefault((operation, status)) + 1;

    internal void Add(IReadOnlyList<string> differences, Func<string> request)
    {
        if (differences.Count > 0)
        {
            _failures.Add($"{string.Join("; ", differences)}: {request()}");
        }
    }
}
