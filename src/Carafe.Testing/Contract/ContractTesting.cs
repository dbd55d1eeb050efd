using System.Text.Json;

namespace Carafe.Testing;

/// <summary>Compares an app with its OpenAPI document.</summary>
public static class ContractTesting
{
    /// <summary>
    /// Checks every later response to this app's clients against its own document: the status and the content type are documented, and the body fits its
    /// schema with no member that the document does not name. A response of no operation (404 and 405 of the router) must be a standard error.
    /// </summary>
    /// <param name="app">The app: <c>await TestApp.StartAsync(MyApp.Create).EnforceContract()</c>.</param>
    /// <param name="document">Where the app serves its document.</param>
    /// <exception cref="ContractException">Thrown by the client's calls: a response does not match the document.</exception>
    public static TestApp EnforceContract(this TestApp app, string document = "/openapi/v1.json")
    {
        app.ResponseCheck = new ContractEnforcement(document, new Lazy<Task<ContractDocument>>(() => ReadAsync(app, document))).CheckAsync;
        return app;
    }

    /// <inheritdoc cref="EnforceContract(TestApp, string)"/>
    public static async Task<TestApp> EnforceContract(this Task<TestApp> app, string document = "/openapi/v1.json") => (await app).EnforceContract(document);

    /// <summary>
    /// Fails where the app's document and a written one disagree on an operation, a parameter, a body, a status or a schema. Descriptions, examples, names
    /// of operations and the order of things do not matter. Paths are those below the document's <c>servers</c>. The message lists the differences by
    /// operation, the most important first.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="path">The written document: OpenAPI 3.0 or 3.1, YAML or JSON.</param>
    /// <param name="document">Where the app serves its own.</param>
    /// <param name="match">Whether the app may have more. Default: <see cref="ContractMatch.Exact"/>, an extra part of the app is a difference as well.</param>
    /// <exception cref="ContractException">They differ; the message lists where.</exception>
    public static async Task MustImplementAsync(this TestApp app, string path, string document = "/openapi/v1.json", ContractMatch match = ContractMatch.Exact)
    {
        var root = ContractYaml.Parse(await File.ReadAllTextAsync(path));
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("openapi", out var version)
            || !version.ToString().StartsWith("3.", StringComparison.Ordinal) || !root.TryGetProperty("paths", out _))
        {
            throw new ContractException($"{Path.GetFileName(path)} is no OpenAPI document of version 3 with paths.");
        }

        var written = new ContractDocument(root);
        var differences = ContractDifferences.Between(written, await ReadAsync(app, document), match).ToList();
        if (differences.Count > 0)
        {
            throw new ContractException(ContractDifference.Report(Path.GetFileName(path), differences, written.Operations.Count));
        }
    }

    internal static async Task<ContractDocument> ReadAsync(TestApp app, string document)
    {
        using var response = await app.Client.GetAsync(document);
        return response.IsSuccessStatusCode
            ? ContractDocument.Parse(await response.Content.ReadAsByteArrayAsync())
            : throw new ContractException(
            $"{document} answered {(int)response.StatusCode}: the app must call AddOpenApi(options => options.AddCarafeConventions()), AddDocs() and " +
            $"MapDocs().");
    }
}

/// <summary>Thrown when a response, or an app, does not match its OpenAPI document.</summary>
/// <param name="message">What differs, and where.</param>
public sealed class ContractException(string message) : Exception(message);

internal sealed class ContractEnforcement(string path, Lazy<Task<ContractDocument>> document)
{
    public async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var request = response.RequestMessage!;
        if (request.RequestUri!.AbsolutePath == path)
        {
            return;
        }

        var contract = await document.Value;
        // Kestrel refuses what is not HTTP before the app sees it, without a body, and closes the connection.
        if ((int)response.StatusCode == 400 && response.Headers.ConnectionClose == true && response.Content.Headers.ContentType is null)
        {
            return;
        }

        // Bytes and streams are for the caller to read, and may have no end.
        var type = response.Content.Headers.ContentType?.ToString();
        var body = type is null || type.Contains("json", StringComparison.Ordinal)
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : new byte[1];
        var mismatches = contract.Check(request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, type, body).ToList();
        if (mismatches.Count > 0)
        {
            throw new ContractException(
                $"{request.Method} {request.RequestUri.PathAndQuery} is off the document: {string.Join("; ", mismatches)}. It answered " +
                $"{(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
        }
    }
}
