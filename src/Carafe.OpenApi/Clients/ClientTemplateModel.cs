using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.OpenApi.Clients;

/// <summary>Holds what a client's session must know of an API: generators of types do not look for it.</summary>
/// <param name="Name">The app's name.</param>
/// <param name="RefreshPath">Where a refresh token is exchanged, such as <c>/auth/refresh</c>; null when nowhere.</param>
/// <param name="Header">The header of tokens.</param>
/// <param name="Prefix">What stands before a token in it.</param>
/// <param name="Keyed">The methods and paths of the operations that take an Idempotency-Key.</param>
internal sealed partial record ClientTemplateModel(
    string Name, string? RefreshPath, string Header, string Prefix, IReadOnlyList<(string Method, string Path)> Keyed)
{
    /// <summary>Gets the name as C# and a file can have it: <c>my-shop.api</c> is <c>MyShop.Api</c>.</summary>
    public string Identifier
    {
        get
        {
            var parts = Name.Split('.')
                .Select(part => string.Concat(Words().Matches(part).Select(word => char.ToUpperInvariant(word.Value[0]) + word.Value[1..])))
                .Where(part => part.Length > 0).Select(part => char.IsDigit(part[0]) ? $"_{part}" : part);
            return string.Join('.', parts.DefaultIfEmpty("Api"));
        }
    }

    public static ClientTemplateModel Read(ReadOnlyMemory<byte> document, string name, TokenCarrier carrier)
    {
        using var json = JsonDocument.Parse(document);
        string? refresh = null;
        List<(string Method, string Path)> keyed = [];
        foreach (var path in json.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Object))
            {
                if (Items(operation.Value, "security").Any(way => way.TryGetProperty("refresh_token", out _)) && operation.NameEquals("post"))
                {
                    refresh ??= path.Name;
                }

                if (Items(operation.Value, "parameters").Any(item => item.TryGetProperty("name", out var header) && header.ValueEquals("Idempotency-Key")))
                {
                    keyed.Add((operation.Name.ToUpperInvariant(), path.Name));
                }
            }
        }

        return new(name, refresh, carrier.Header, carrier.Format(""), keyed);
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement operation, string name) =>
        operation.TryGetProperty(name, out var list) ? list.EnumerateArray() : default;

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Words();
}
