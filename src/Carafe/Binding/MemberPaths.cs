using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carafe.Errors;

namespace Carafe.Binding;

/// <summary>
/// Finds a member of a body by its name alone: <c>title</c> is <c>article.title</c> in a body that wraps an article. A database, which knows columns, and
/// code far from the endpoint have no more than the name.
/// </summary>
internal sealed class MemberPaths(Type? body, JsonSerializerOptions json)
{
    private const int Deepest = 8;

    private Dictionary<string, string>? _paths;

    /// <summary>Returns the path of the member that is nearest to the root; the name itself when there is none, or there are two as near.</summary>
    public string Find(string name) => body is null ? name : (_paths ??= Read(body)).GetValueOrDefault(name, name);

    private Dictionary<string, string> Read(Type type)
    {
        var (paths, level, seen) = (new Dictionary<string, string>(), new List<(string Path, Type Type)> { ("", type) }, new HashSet<Type>());
        for (var depth = 0; depth < Deepest && level.Count > 0; depth++)
        {
            var members = level.Where(parent => seen.Add(parent.Type)).SelectMany(parent => Members(parent.Path, parent.Type)).ToList();
            foreach (var same in members.GroupBy(member => member.Name).Where(same => !paths.ContainsKey(same.Key)))
            {
                paths[same.Key] = same.Count() == 1 ? same.First().Path : same.Key;
            }

            level = [.. members.Select(member => (member.Path, member.Type))];
        }

        return paths;
    }

    private IEnumerable<(string Name, string Path, Type Type)> Members(string path, Type type) =>
        json.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info
            ? info.Properties.Where(member => member is { IsExtensionData: false, CustomConverter: null })
                .Select(member => (member.Name, ErrorPath.Join(path, member.Name), Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType))
            : [];
}
