using System.Text.Json;

namespace Carafe.Errors;

/// <summary>Turns C# member paths into the names that the caller sent: <c>Items[0].PostTitle</c> into <c>items[0].post_title</c>.</summary>
internal static class MemberNames
{
    public static string ToJson(string path, JsonNamingPolicy? policy) =>
        string.Join('.', path.Split('.').Select(segment =>
        {
            var bracket = segment.IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? segment : segment[..bracket];
            return (policy?.ConvertName(name) ?? name) + (bracket < 0 ? "" : segment[bracket..]);
        }));
}
