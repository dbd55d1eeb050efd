using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Tasks;

/// <summary>Defines the names of tasks, queues and schedules.</summary>
internal static partial class TaskNames
{
    public const string DefaultQueue = "default";
    public const int Length = 80;
    public const string Form = "1 to 80 lower-case letters, digits, '_', '-' and '.'";

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    public static string Of(Type type) => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name);

    [GeneratedRegex(@"^[a-z0-9_.-]{1,80}\z")]
    private static partial Regex Pattern();
}
