using System.Reflection;
using System.Xml.Linq;
using Carafe.Blueprints;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Carafe.OpenApi.Operations;

/// <summary>Describes the app as a whole: info, server, tags. The document names no host, so it is the same wherever it is generated.</summary>
internal sealed class DocumentInfoTransformer(Action<OpenApiInfo>? describe) : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var app = context.ApplicationServices.GetRequiredService<IHostEnvironment>().ApplicationName;
        document.Info = new OpenApiInfo { Title = app, Version = VersionOf(app), Description = $"The HTTP API of {app}." };
        describe?.Invoke(document.Info);
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = Tags(document, context).ToHashSet();
        return Task.CompletedTask;
    }

    private static IEnumerable<OpenApiTag> Tags(OpenApiDocument document, OpenApiDocumentTransformerContext context)
    {
        var blueprints = context.DescriptionGroups.SelectMany(group => group.Items)
            .SelectMany(item => item.ActionDescriptor.EndpointMetadata.OfType<BlueprintMetadata>())
            .GroupBy(blueprint => blueprint.Name)
            .ToDictionary(same => same.Key, same => same.First().Type);
        return from operation in document.Paths.Values.SelectMany(path => path.Operations!.Values)
               from tag in operation.Tags ?? new HashSet<OpenApiTagReference>()
               where tag.Name is not null
               group tag by tag.Name! into same
               orderby same.Key
               select new OpenApiTag
               {
                   Name = same.Key,
                   Description = (blueprints.TryGetValue(same.Key, out var type) ? Summary(type) : null)
                   ?? $"Operations of {same.Key}."
               };
    }

    // The compiler's documentation file is beside the assembly; the platform's generator reads only the comments of handlers and types.
    private static string? Summary(Type type)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{type.Assembly.GetName().Name}.xml");
        var summary = File.Exists(file)
            ? XDocument.Load(file).Descendants("member").FirstOrDefault(
            member => member.Attribute("name")?.Value == $"T:{type.FullName?.Replace('+', '.')}")?.Element("summary")?.Value
            : null;
        return summary is null ? null : string.Join(' ', summary.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string VersionOf(string app)
    {
        var version = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(
            assembly => assembly.GetName().Name == app)?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return version?.Split('+')[0] ?? "1.0.0";
    }
}
