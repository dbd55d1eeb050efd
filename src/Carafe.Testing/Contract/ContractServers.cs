using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Testing;

/// <summary>Reads where operations lie: the paths of a document are relative to its servers.</summary>
internal static class ContractServers
{
    /// <summary>Returns the keys of an operation, one for each server: its method and its path, without the names of parameters.</summary>
    public static IEnumerable<string> Keys(ContractDocument document, ContractOperation operation) =>
        Servers(document, operation).Select(server => Key(operation.Method, server.TrimEnd('/') + operation.Template)).Distinct();

    // Those of the operation replace those of the path, and those the document's.
    private static IEnumerable<string> Servers(ContractDocument document, ContractOperation operation)
    {
        foreach (var owner in new[] { operation.Node, operation.Path, document.Root })
        {
            if (owner.TryGetProperty("servers", out var servers) && servers.GetArrayLength() > 0)
            {
                return servers.EnumerateArray().Select(BasePath);
            }
        }

        return [""];
    }

    private static string BasePath(JsonElement server)
    {
        var url = Regex.Replace(server.GetProperty("url").GetString()!, @"\{([^}]+)\}", match =>
            server.TryGetProperty("variables", out var variables) && variables.TryGetProperty(match.Groups[1].Value, out var variable)
                ? variable.GetProperty("default").GetString()!
                : match.Value);
        return Uri.TryCreate(url, UriKind.Absolute, out var absolute) && absolute.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? absolute.AbsolutePath
            : $"/{url.TrimStart('.', '/')}";
    }

    private static string Key(string method, string path) => $"{method} {Regex.Replace(path, @"\{[^}]+\}", "{}").TrimEnd('/')}";
}
