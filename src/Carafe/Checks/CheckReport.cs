using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Carafe.Checks;

/// <summary>Writes what the checks found, for people and for programs.</summary>
internal static class CheckReport
{
    public static string Word(CheckSeverity severity) => severity switch
    {
        CheckSeverity.Error => "error",
        CheckSeverity.Warning => "warning",
        _ => "information",
    };

    public static string Text(IReadOnlyList<CheckResult> results)
    {
        var text = new StringBuilder();
        foreach (var result in results.Where(result => result.State != "passed"))
        {
            text.Append(result.Check.Id).Append("  ").AppendLine(result.State);
            foreach (var line in result.Silence is { } reason ? [reason] : result.Failure is { } failure ? [failure] : result.Findings)
            {
                text.Append("    ").AppendLine(line);
            }

            if (result.Findings.Count > 0)
            {
                text.Append("    Why:  ").AppendLine(result.Check.Why);
                text.Append("    Mend: ").AppendLine(result.Check.Remedy);
                if (result.Check.Page is { } page)
                {
                    text.Append("    Page: ").AppendLine(page);
                }
            }

            text.AppendLine();
        }

        var counts = results.GroupBy(result => result.State)
            .OrderByDescending(state => state.Key == "error").ThenBy(state => state.Key, StringComparer.Ordinal);
        return text.Append(results.Count).Append(" checks: ").AppendJoin(", ", counts.Select(state => Count(state.Count(), state.Key))).Append('.').ToString();
    }

    private static string Count(int count, string state) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {state}{(count > 1 && state is ("error" or "warning") ? "s" : "")}");

    // Written by hand with the document model, which works where reflection-based JSON is off.
    public static string Json(IReadOnlyList<CheckResult> results)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (var result in results)
            {
                Write(writer, result);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, CheckResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("id", result.Check.Id);
        writer.WriteString("severity", Word(result.Check.Severity));
        writer.WriteString("state", result.State);
        writer.WriteStartArray("findings");
        foreach (var finding in result.Findings)
        {
            writer.WriteStringValue(finding);
        }

        writer.WriteEndArray();
        writer.WriteString("reason", result.Silence ?? result.Failure);
        writer.WriteString("why", result.Check.Why);
        writer.WriteString("remedy", result.Check.Remedy);
        writer.WriteString("page", result.Check.Page);
        writer.WriteEndObject();
    }
}
