using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carafe.Tasks.Definitions;

/// <summary>Reads and writes arguments and results: strict, and the same whatever an app does with its own JSON.</summary>
internal static class TaskJson
{
    /// <summary>The most characters of arguments. What is larger belongs in a table or a file, and its key in the task.</summary>
    public const int MostCharacters = 64 * 1024;

    public static JsonSerializerOptions Options { get; } = MakeOptions();

    public static string Write(object task, Type type) => JsonSerializer.Serialize(task, type, Options);

    /// <summary>Reads arguments of this version or an older one.</summary>
    /// <exception cref="JsonException">They do not fit.</exception>
    public static object Read(TaskDefinition definition, int version, string json)
    {
        if (version == definition.Version)
        {
            return JsonSerializer.Deserialize(json, definition.Type, Options) ?? throw new JsonException("The arguments are null.");
        }

        var node = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("The arguments are not an object.");
        for (; version < definition.Version; version++)
        {
            node = definition.Upgrades[version](node);
        }

        return node.Deserialize(definition.Type, Options) ?? throw new JsonException("The arguments are null.");
    }

    public static TResult ReadResult<TResult>(string json) => JsonSerializer.Deserialize<TResult>(json, Options)!;

    private static JsonSerializerOptions MakeOptions()
    {
        var options = JsonConventions.Apply(new JsonSerializerOptions());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
