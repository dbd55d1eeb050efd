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
    Func<ClientTemplateModel, (string Program, string[] Arguments)> Generator,
    Func<ClientTemplateModel, IEnumerable<(string File, string Text)>> Files)
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
            model => [("client.ts", TypeScript(model)), ("package.json", Package(model))]),
        ["csharp"] = new(
            NSwag,
            "the SDK of .NET 10",
            "Refer to its project, and send the calls through an ApiHandler.",
            model => ("dotnet",
                ["tool", "exec", NSwag, "--yes", "--", "openapi2csclient", "/input:openapi.json", "/output:Client.g.cs", $"/namespace:{Namespace(model)}",
                    "/JsonLibrary:SystemTextJson", "/GenerateNullableReferenceTypes:true", "/GenerateOptionalParameters:true", "/WrapResponses:true",
                    "/UseBaseUrl:false"]),
            model => [("ApiHandler.cs", CSharp(model)), ($"{Namespace(model)}.csproj", Fill("Client.csproj.txt", ("namespace", Namespace(model))))]),
    };

    private static string Namespace(ClientTemplateModel model) => $"{model.Identifier}.Client";

    private static string TypeScript(ClientTemplateModel model) => Fill("client.ts",
        ("name", model.Name),
        ("refresh", Literal(model.RefreshPath?.TrimStart('/'))),
        ("header", Literal(model.Header)),
        ("prefix", Literal(model.Prefix)),
        ("keyed", Literal(model.Keyed.Select(route => $"{route.Method} {route.Path}"))));

    private static string Package(ClientTemplateModel model) => Fill("package.json",
        ("package", Literal($"{model.Identifier.ToLowerInvariant()}-client")),
        ("openapi-fetch", OpenApiFetch),
        ("typescript", TypeScriptVersion));

    private static string CSharp(ClientTemplateModel model) => Fill("ApiHandler.cs.txt",
        ("name", model.Name),
        ("namespace", Namespace(model)),
        ("refresh", Literal(model.RefreshPath?.TrimStart('/'))),
        ("header", Literal(model.Header)),
        ("prefix", Literal(model.Prefix)),
        ("keyed", string.Concat(model.Keyed.Select(route => $"\n        ({Literal(route.Method)}, new({Literal(Pattern(route.Path))})),")) + "\n    "));

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
