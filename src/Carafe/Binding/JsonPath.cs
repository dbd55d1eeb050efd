namespace Carafe.Binding;

/// <summary>Turns the serializer's path (<c>$.items[0].title</c>, <c>$['odd name']</c>) into the path of an error (<c>items[0].title</c>).</summary>
internal static class JsonPath
{
    public static string Read(string? path) =>
        (path ?? "").TrimStart('$').Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal).TrimStart('.');
}
