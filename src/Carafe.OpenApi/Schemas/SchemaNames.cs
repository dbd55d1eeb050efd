using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Carafe.OpenApi.Responses;
using Microsoft.AspNetCore.OpenApi;

namespace Carafe.OpenApi.Schemas;

/// <summary>Names the schemas of a document: as the platform does where that is a name that OpenAPI allows and no other type has, else longer.</summary>
internal sealed partial class SchemaNames
{
    private readonly Dictionary<Type, string> _names = [];
    private readonly Dictionary<string, Type> _types = new() { [ErrorSchemas.Body] = typeof(ErrorBody), [ErrorSchemas.Problem] = typeof(SchemaNames) };
    private readonly Lock _lock = new();

    public string? For(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        // The platform names the enums of its own converter only.
        if ((type.IsEnum ? type.Name : OpenApiOptions.CreateDefaultSchemaReferenceId(info)) is not { } shortest)
        {
            return null;
        }

        lock (_lock)
        {
            if (!_names.TryGetValue(type, out var name))
            {
                name = Candidates(type, Clean(shortest)).First(candidate => _types.TryAdd(candidate, type) || _types[candidate] == type);
                _names[type] = name;
            }

            return name;
        }
    }

    private static IEnumerable<string> Candidates(Type type, string name)
    {
        yield return name;
        for (var outer = type.DeclaringType; outer is not null; outer = outer.DeclaringType)
        {
            yield return name = Clean(outer.Name) + name;
        }

        foreach (var part in (type.Namespace ?? "").Split('.').Reverse())
        {
            yield return name = Clean(part) + name;
        }

        // Two types of one full name, in two assemblies, or with arguments of one name.
        for (var number = 2; ; number++)
        {
            yield return name + number;
        }
    }

    private static string Clean(string name) => Unsafe().Replace(name.Replace("[]", "Array", StringComparison.Ordinal), "");

    // The keys of components (OpenAPI 3.1 section 4.8.7).
    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex Unsafe();
}
