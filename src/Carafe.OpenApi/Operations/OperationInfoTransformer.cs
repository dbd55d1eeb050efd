using System.Reflection;
using System.Text.RegularExpressions;
using Carafe.Hosting;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Operations;

/// <summary>Sets the id, summary, description and security of each operation.</summary>
internal sealed partial class OperationInfoTransformer : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId = Id(metadata, context.Description.HttpMethod, context.Description.RelativePath);
        Title(operation);
        var who = await AuthorizationSummary.DescribeAsync(new Endpoint(null, new EndpointMetadataCollection(metadata), null), context.ApplicationServices);
        operation.Description = string.Join("\n\n", new[] { operation.Description, $"Who may call it: {who}." }
            .Where(part => !string.IsNullOrWhiteSpace(part)));
        var schemes = new SecuritySchemes(context.Document!, context.ApplicationServices.GetRequiredService<TokenCarrier>(),
            context.ApplicationServices.GetService<CookieTokens>(), context.ApplicationServices.GetService<ApiKeyCarrier>());
        operation.Security = schemes.For(who != AuthorizationSummary.Anyone, metadata.OfType<BearerMetadata>().LastOrDefault(),
            metadata.OfType<ApiKeyMetadata>().LastOrDefault(), context.Description.HttpMethod ?? "");
    }

    // A comment's first words are a title; what follows a full stop, a colon or a semicolon explains it, and stands below.
    private static void Title(OpenApiOperation operation)
    {
        var text = operation.Summary?.Trim() ?? operation.OperationId!;
        var end = Ending().Match(text);
        operation.Summary = end.Success ? text[..end.Index] : text;
        if (end.Success && end.Index + end.Length < text.Length)
        {
            operation.Description = operation.Description is { Length: > 0 } more ? $"{text}\n\n{more}" : text;
        }
    }

    [GeneratedRegex(@"[.:;](\s+|$)")]
    private static partial Regex Ending();

    // users.GetUser becomes users_GetUser: client generators make a group and a method of it, and a dot is part of no identifier.
    private static string Id(IList<object> metadata, string? method, string? path)
    {
        var name = metadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName
            ?? (metadata.OfType<MethodInfo>().FirstOrDefault() is { } handler && !handler.Name.Contains('<', StringComparison.Ordinal)
                ? $"{handler.DeclaringType?.Name}.{handler.Name}"
                : $"{method?.ToLowerInvariant()} {path}");
        return Unsafe().Replace(name.EndsWith(' ') ? name + "root" : name, "_").Trim('_');
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Unsafe();
}
