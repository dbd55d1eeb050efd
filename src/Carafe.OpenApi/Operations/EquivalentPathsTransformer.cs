using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Operations;

/// <summary>
/// Merges paths that differ only in the constraint of a parameter. The router tells <c>/users/{id:int}</c> from <c>/users/{username}</c>; OpenAPI forbids
/// two paths that differ only in names. They become one, whose parameter accepts either.
/// </summary>
internal sealed partial class EquivalentPathsTransformer : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var same in document.Paths.GroupBy(path => Slot().Replace(path.Key, "{}")).Where(same => same.Count() > 1).ToList())
        {
            var first = same.First();
            foreach (var other in same.Skip(1))
            {
                document.Paths.Remove(other.Key);
                foreach (var (method, operation) in other.Value.Operations!)
                {
                    Merge(first.Value.Operations!, method, operation, Names(first.Key), Names(other.Key));
                }
            }
        }

        return Task.CompletedTask;
    }

    private static void Merge(Dictionary<HttpMethod, OpenApiOperation> operations, HttpMethod method, OpenApiOperation operation, string[] names,
        string[] others)
    {
        var kept = operations.TryGetValue(method, out var existing) ? existing : null;
        foreach (var (name, other) in names.Zip(others).Where(pair => pair.First != pair.Second))
        {
            var renamed = operation.Parameters!.OfType<OpenApiParameter>()
                .Single(parameter => parameter.Name == other && parameter.In == ParameterLocation.Path);
            if (kept?.Parameters!.OfType<OpenApiParameter>().Single(parameter => parameter.Name == name && parameter.In == ParameterLocation.Path) is { } both)
            {
                both.Schema = new OpenApiSchema { AnyOf = [both.Schema!, renamed.Schema!] };
                both.Description = $"{both.Description ?? $"The {name}"}, or {renamed.Description ?? $"the {other}"}.";
            }

            renamed.Name = name;
        }

        if (kept is null)
        {
            operations[method] = operation;
            return;
        }

        kept.Summary = $"{kept.Summary}, or {char.ToLowerInvariant(operation.Summary![0])}{operation.Summary[1..]}";
        foreach (var (status, response) in operation.Responses!)
        {
            kept.Responses!.TryAdd(status, response);
        }
    }

    private static string[] Names(string path) => [.. Slot().Matches(path).Select(match => match.Value.Trim('{', '}'))];

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Slot();
}
