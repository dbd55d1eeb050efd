namespace Carafe.Json;

/// <summary>Makes the path of an error (<c>items[0].title</c>).</summary>
internal static class JsonPath
{
    /// <summary>Turns the serializer's path (<c>$.items[0].title</c>, <c>$['odd name']</c>) into the path of an error.</summary>
    public static string Read(string? path) =>
        (path ?? "").TrimStart('$').Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal).TrimStart('.');

    /// <summary>Joins the path of a member. An empty name is written as in JSON, or it could not be told from the whole.</summary>
    public static string Join(string path, string name) => (name.Length, path.Length) switch
    {
        (0, _) => Join(path, "\"\""),
        (_, 0) => name,
        _ => $"{path}.{name}",
    };
}
