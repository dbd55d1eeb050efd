using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.OpenApi.Clients;

/// <summary>
/// Describes the client of one language: its generator, which others keep, in a version that is tested, and the files beside what that makes.
/// </summary>
/// <param name="Name">The generator and its version.</param>
/// <param name="Needs">What must be installed.</param>
/// <param name="Next">What to do with the folder.</param>
/// <param name="Generator">Returns the command that makes the types in the current folder.</param>
/// <param name="Files">Returns the files beside them.</param>
internal sealed partial record ClientLanguage(
    string Name,
    string Needs,
    string Next,
    Func<ClientFacts, (string Program, string[] Arguments)> Generator,
    Func<ClientFacts, IEnumerable<(string File, string Text)>> Files)
{
    private const string TypeScriptVersion = "5.9.3";
    private const string OpenApiTypeScript = "openapi-typescript@7.13.0";
    private const string OpenApiFetch = "0.17.0";
    private const string NSwag = "NSwag.ConsoleCore@14.7.1";

    public static IReadOnlyDictionary<string, ClientLanguage> All { get; } = new Dictionary<string, ClientLanguage>(StringComparer.Ordinal)
    {
        ["typescript"] = new(
            OpenApiTypeScript,
            "Node.js 20 or later",
            "Run 'npm install' in it, and import { connect } from \"./client.js\".",
            _ => (OperatingSystem.IsWindows() ? "npx.cmd" : "npx",
                ["--yes", "--package", OpenApiTypeScript, "--package", $"typescript@{TypeScriptVersion}", "openapi-typescript", "openapi.json", "--output",
                    "api.d.ts"]),
            facts => [("client.ts", TypeScript(facts)), ("package.json", Package(facts))]),
        ["csharp"] = new(
            NSwag,
            "the SDK of .NET 10",
            "Refer to its project, and send the calls through an ApiHandler.",
            facts => ("dotnet",
                ["tool", "exec", NSwag, "--yes", "--", "openapi2csclient", "/input:openapi.json", "/output:Client.g.cs", $"/namespace:{Namespace(facts)}",
                    "/JsonLibrary:SystemTextJson", "/GenerateNullableReferenceTypes:true", "/GenerateOptionalParameters:true", "/WrapResponses:true",
                    "/UseBaseUrl:false"]),
            facts => [("ApiHandler.cs", CSharp(facts)), ($"{Namespace(facts)}.csproj", Fill("Client.csproj.txt", ("namespace", Namespace(facts))))]),
    };

    private static string Namespace(ClientFacts facts) => $"{facts.Identifier}.Client";

    private static string TypeScript(ClientFacts facts) => Fill("client.ts",
        ("name", facts.Name),
        ("refresh", Literal(facts.RefreshPath?.TrimStart('/'))),
        ("header", Literal(facts.Header)),
        ("prefix", Literal(facts.Prefix)),
        ("keyed", Literal(facts.Keyed.Select(route => $"{route.Method} {route.Path}"))));

    private static string Package(ClientFacts facts) => Fill("package.json",
        ("package", Literal($"{facts.Identifier.ToLowerInvariant()}-client")),
        ("openapi-fetch", OpenApiFetch),
        ("typescript", TypeScriptVersion));

    private static string CSharp(ClientFacts facts) => Fill("ApiHandler.cs.txt",
        ("name", facts.Name),
        ("namespace", Namespace(facts)),
        ("refresh", Literal(facts.RefreshPath?.TrimStart('/'))),
        ("header", Literal(facts.Header)),
        ("prefix", Literal(facts.Prefix)),
        ("keyed", string.Concat(facts.Keyed.Select(route => $"\n        ({Literal(route.Method)}, new({Literal(Pattern(route.Path))})),")) + "\n    "));

    // A path as it is sent, below the API's address.
    private static string Pattern(string path) =>
        $"^{string.Concat(Parameters().Split(path.Trim('/')).Select((part, at) => at % 2 == 0 ? Regex.Escape(part) : "[^/]+"))}/?$";

    // What JSON writes is a literal in both languages.
    private static string Literal(object? value) => JsonSerializer.Serialize(value);

    private static string Fill(string file, params (string Name, string Text)[] values)
    {
        using var reader = new StreamReader(typeof(ClientLanguage).Assembly.GetManifestResourceStream($"Clients/{file}")!);
        return values.Aggregate(reader.ReadToEnd(), (text, value) => text.Replace($"{{{{{value.Name}}}}}", value.Text, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(\{[^}]*\})")]
    private static partial Regex Parameters();
}
