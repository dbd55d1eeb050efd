using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>
/// Gives each JSON body an example that the app accepts as it stands, and each Location the address that it will have, so that the docs page starts with
/// something to send.
/// </summary>
internal sealed class BodyExampleTransformer : IOpenApiDocumentTransformer
{
    private const int Deepest = 6;

    private static readonly string[] Texts = ["ada", "a-first-post", "Ada Lovelace", "A1", "2026-01-01", "123456"];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (path, item) in document.Paths)
        {
            foreach (var operation in (IEnumerable<OpenApiOperation>?)item.Operations?.Values ?? [])
            {
                foreach (var media in (operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
                    .Where(content => content.Key.EndsWith("json", StringComparison.Ordinal)))
                {
                    media.Value.Example ??= media.Value.Schema is { } schema ? Of(schema, "", 0) : null;
                }

                if (operation.RequestBody is OpenApiRequestBody { Content: { } content } body && content.TryGetValue("*/*", out var any))
                {
                    // Clients and the docs page know bytes by this name; any other type is taken as well.
                    body.Content = new Dictionary<string, OpenApiMediaType> { ["application/octet-stream"] = any, ["*/*"] = any };
                }

                if (operation.Responses?.TryGetValue("201", out var response) == true && response is OpenApiResponse created
                    && created.Headers?.TryGetValue("Location", out var header) == true && header is OpenApiHeader location)
                {
                    location.Example = JsonValue.Create(Slot.Replace(Address(document, created) ?? path, "1"));
                }
            }
        }

        return Task.CompletedTask;
    }

    private static Regex Slot { get; } = new(@"\{[^}]+\}", RegexOptions.CultureInvariant);

    // Where what was made can be fetched: the shortest path that answers the same type.
    private static string? Address(OpenApiDocument document, OpenApiResponse created) =>
        Type(created) is not { } type ? null : document.Paths
            .Where(path => Slot.Count(path.Key) == 1 && Fetched(path.Value) == type)
            .Select(path => path.Key).OrderBy(path => path.Length).FirstOrDefault();

    private static string? Fetched(IOpenApiPathItem path) =>
        path.Operations?.TryGetValue(HttpMethod.Get, out var get) == true
            && get.Responses?.TryGetValue("200", out var response) == true ? Type(response) : null;

    private static string? Type(IOpenApiResponse response) =>
        response.Content?.TryGetValue("application/json", out var media) == true ? (media.Schema as OpenApiSchemaReference)?.Reference.Id : null;

    private static JsonNode? Of(IOpenApiSchema schema, string name, int depth)
    {
        if ((schema.Examples?.FirstOrDefault() ?? schema.Enum?.FirstOrDefault()) is { } given)
        {
            return given.DeepClone();
        }

        if ((schema.OneOf ?? schema.AnyOf)?.FirstOrDefault(choice => choice.Type != JsonSchemaType.Null) is { } first)
        {
            return Of(first, name, depth);
        }

        return (schema.Type & ~JsonSchemaType.Null) switch
        {
            // A number that may be text.
            JsonSchemaType.Integer | JsonSchemaType.String => JsonValue.Create((long)Number(schema, 3)),
            JsonSchemaType.Number | JsonSchemaType.String => JsonValue.Create(Number(schema, 9.5m)),
            JsonSchemaType.Array =>
                new JsonArray(
                [.. Enumerable.Range(0, depth < Deepest ? Math.Max(1, schema.MinItems ?? 1) : 0)
                    .Select(_ => schema.Items is { } item ? Of(item, name, depth + 1) : null)]),
            JsonSchemaType.Boolean => JsonValue.Create(true),
            JsonSchemaType.Integer => JsonValue.Create((long)Number(schema, 3)),
            JsonSchemaType.Number => JsonValue.Create(Number(schema, 9.5m)),
            JsonSchemaType.String => JsonValue.Create(Text(schema, name)),
            _ => Members(schema, depth),
        };
    }

    private static JsonObject Members(IOpenApiSchema schema, int depth)
    {
        var members = new JsonObject();
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (!member.ReadOnly && (depth < Deepest || schema.Required?.Contains(name) == true))
            {
                members[name] = Of(member, name, depth + 1);
            }
        }

        return members;
    }

    private static decimal Number(IOpenApiSchema schema, decimal usual)
    {
        var least = decimal.TryParse(schema.Minimum, NumberStyles.Float, CultureInfo.InvariantCulture, out var minimum) ? minimum : usual;
        var most = decimal.TryParse(schema.Maximum, NumberStyles.Float, CultureInfo.InvariantCulture, out var maximum) ? maximum : Math.Max(usual, least);
        return Math.Min(Math.Max(usual, least), most);
    }

    private static string Text(IOpenApiSchema schema, string name)
    {
        var text = schema.Format switch
        {
            "email" => "ada@example.com",
            "date-time" => "2026-01-01T12:00:00Z",
            "date" => "2026-01-01",
            "time" => "12:00:00",
            "uuid" => "0b0e2d2c-6f0c-4b0e-9a55-3f4a5f0d8c11",
            "uri" or "uri-reference" => "https://example.com/",
            _ when name.Contains("email", StringComparison.OrdinalIgnoreCase) => "ada@example.com",
            _ when name.Contains("password", StringComparison.OrdinalIgnoreCase) => name.StartsWith("new", StringComparison.OrdinalIgnoreCase)
            ? "battery staple correct"
            : "correct horse battery",
            _ when name.Contains("user", StringComparison.OrdinalIgnoreCase) => "ada",
            _ => $"A {name.Replace('_', ' ')}",
        };
        if (schema.Pattern is { } pattern && !Matches(text, pattern))
        {
            text = Texts.FirstOrDefault(other => Matches(other, pattern)) ?? text;
        }

        text = text.PadRight(schema.MinLength ?? 0, 'a');
        return schema.MaxLength is { } most && text.Length > most ? text[..most] : text;
    }

    private static bool Matches(string text, string pattern) => Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
