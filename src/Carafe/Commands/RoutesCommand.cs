using System.CommandLine;
using System.Text.Json;
using Carafe.Blueprints;
using Carafe.Hosting;

namespace Carafe.Commands;

internal static class RoutesCommand
{
    private static readonly string[] Header = ["Method", "Path", "Blueprint", "Name", "Who may call"];

    public static Command Create(WebApplication app)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON, for other programs." };
        var command = new Command("routes", "List the routes: method, path, blueprint, name, who may call.") { json };
        command.SetAction(async (parsed, _) =>
        {
            var rows = await ReadAsync(app);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json) ? Json(rows) : Table([Header, .. rows]));
            return 0;
        });
        return command;
    }

    private static async Task<List<string[]>> ReadAsync(WebApplication app)
    {
        var rows = new List<string[]>();
        foreach (var route in RouteTable.Read(app))
        {
            var blueprint = route.Metadata.GetMetadata<BlueprintMetadata>()?.Name ?? "";
            var name = route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";
            var who = await AuthorizationSummary.DescribeAsync(route, app.Services);
            rows.AddRange(RouteTable.Methods(route).Select(method => new[] { method, RouteTable.Path(route), blueprint, name, who }));
        }

        return rows;
    }

    private static string Table(IReadOnlyList<string[]> rows)
    {
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        return string.Join(Environment.NewLine, rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    // Written by hand with the document model, which works where reflection-based JSON is off.
    private static string Json(List<string[]> rows)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (var row in rows)
            {
                writer.WriteStartObject();
                for (var column = 0; column < Header.Length; column++)
                {
                    writer.WriteString(Header[column].Replace(' ', '_').ToLowerInvariant(), row[column]);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
