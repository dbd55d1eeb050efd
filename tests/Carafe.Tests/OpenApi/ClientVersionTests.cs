using System.Text.Json;
using Carafe.OpenApi.Clients;
using Carafe.Tests.Architecture;

namespace Carafe.Tests.OpenApi;

/// <summary>Holds the versions of the command <c>client</c> to the files in which Dependabot raises them, and the docs to both.</summary>
public sealed class ClientVersionTests
{
    private static readonly string Root = Path.GetDirectoryName(Repository.Source)!;

    [Fact]
    public void NSwag_has_the_version_of_the_tools_manifest() =>
        Assert.Equal($"NSwag.ConsoleCore@{Version(".config/dotnet-tools.json", "tools", "nswag.consolecore", "version")}", ClientLanguage.All["csharp"].Name);

    [Fact]
    public void Openapi_typescript_has_the_version_of_the_contract_tools() =>
        Assert.Equal($"openapi-typescript@{Version("tests/clients/typescript/package.json", "devDependencies", "openapi-typescript")}",
            ClientLanguage.All["typescript"].Name);

    [Fact]
    public void The_docs_name_both_versions()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs/clients.md"));
        Assert.All(ClientLanguage.All.Values, language => Assert.Contains($") {language.Name.Split('@')[1]}, by ", page, StringComparison.Ordinal));
    }

    private static string? Version(string file, params string[] path)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, file)));
        return path.Aggregate(json.RootElement, (element, name) => element.GetProperty(name)).GetString();
    }
}
