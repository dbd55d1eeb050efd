using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Errors;

/// <summary>Says in the caller's words what the binder could not read.</summary>
internal static partial class BadRequests
{
    public static Error Read(BadHttpRequestException exception, HttpContext _)
    {
        if (exception.InnerException is JsonException fault)
        {
            return ReadJson(fault);
        }

        var match = Parameter().Match(exception.Message);
        if (match.Success)
        {
            var name = MemberNames.ToJson(match.Groups["name"].Value, JsonNamingPolicy.SnakeCaseLower);
            var text = match.Groups["value"].Success ? $"'{match.Groups["value"].Value}' is not a valid value." : "is required.";
            return new Error(exception.StatusCode, $"{name}: {text}") { Errors = new Dictionary<string, string[]> { [name] = [text] } };
        }

        return new Error(exception.StatusCode);
    }

    private static Error ReadJson(JsonException fault)
    {
        var path = fault.Path is null or "$" ? "" : fault.Path.StartsWith("$.", StringComparison.Ordinal) ? fault.Path[2..] : fault.Path[1..];
        var text = "is not valid.";
        return path.Length == 0
            ? new Error(400, $"The body is not valid JSON: line {fault.LineNumber + 1}, position {fault.BytePositionInLine + 1}.")
            : new Error(400, $"{path}: {text}") { Errors = new Dictionary<string, string[]> { [path] = [text] } };
    }

    [GeneratedRegex("""parameter "(?<type>\S+) (?<name>\w+)"(?: from "(?<value>.*)")?""", RegexOptions.Singleline)]
    private static partial Regex Parameter();
}
