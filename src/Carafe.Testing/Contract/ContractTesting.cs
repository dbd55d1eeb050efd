namespace Carafe.Testing;

/// <summary>Holds an app to its OpenAPI document.</summary>
public static class ContractTesting
{
    /// <summary>
    /// From here on every answer to this app's clients is checked against its own document: the status is documented, the content type is, and the body fits its schema with no
    /// member that the document does not name. What no operation answers (404 and 405 of the router) must be an error in the one shape.
    /// </summary>
    /// <param name="app">The app: <c>await TestApp.StartAsync(MyApp.Create).EnforceContract()</c>.</param>
    /// <param name="document">Where the app serves its document.</param>
    /// <exception cref="ContractException">Thrown by the client's calls: an answer is off the document.</exception>
    public static TestApp EnforceContract(this TestApp app, string document = "/openapi/v1.json")
    {
        app.Contract = new ContractEnforcement(document, new Lazy<Task<ContractDocument>>(() => ReadAsync(app, document)));
        return app;
    }

    /// <inheritdoc cref="EnforceContract(TestApp, string)"/>
    public static async Task<TestApp> EnforceContract(this Task<TestApp> app, string document = "/openapi/v1.json") => (await app).EnforceContract(document);

    /// <summary>
    /// Contract first: fails where the app's document and a written one disagree on an operation, a parameter, a body, a status or a schema. What the app has and the written
    /// document lacks is a difference as well; descriptions, examples, names of operations and the order of things are not.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="path">The written document, YAML or JSON.</param>
    /// <param name="document">Where the app serves its own.</param>
    /// <exception cref="ContractException">They differ; the message lists where.</exception>
    public static async Task MustImplementAsync(this TestApp app, string path, string document = "/openapi/v1.json")
    {
        var written = new ContractDocument(ContractYaml.Parse(await File.ReadAllTextAsync(path)));
        var differences = ContractDifferences.Between(written, await ReadAsync(app, document)).ToList();
        if (differences.Count > 0)
        {
            throw new ContractException($"The app does not implement {Path.GetFileName(path)}:{Environment.NewLine}{string.Join(Environment.NewLine, differences)}");
        }
    }

    internal static async Task<ContractDocument> ReadAsync(TestApp app, string document)
    {
        using var response = await app.Client.GetAsync(document);
        return response.IsSuccessStatusCode
            ? ContractDocument.Parse(await response.Content.ReadAsByteArrayAsync())
            : throw new ContractException($"{document} answered {(int)response.StatusCode}: the app must call AddOpenApi(options => options.AddCarafe()), AddDocs() and MapDocs().");
    }
}

/// <summary>An answer, or an app, is off its OpenAPI document.</summary>
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
        // Kestrel refuses what is no HTTP before the app hears of it, without a body, and closes the connection.
        if ((int)response.StatusCode == 400 && response.Headers.ConnectionClose == true && response.Content.Headers.ContentType is null)
        {
            return;
        }

        // Bytes and streams are the caller's to read, and may have no end.
        var type = response.Content.Headers.ContentType?.ToString();
        var body = type is null || type.Contains("json", StringComparison.Ordinal) ? await response.Content.ReadAsByteArrayAsync(cancellationToken) : new byte[1];
        var faults = contract.Check(request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, type, body).ToList();
        if (faults.Count > 0)
        {
            throw new ContractException($"{request.Method} {request.RequestUri.PathAndQuery} is off the document: {string.Join("; ", faults)}. It answered {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
        }
    }
}
