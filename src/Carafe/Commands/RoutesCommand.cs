using System.CommandLine;
using System.Text.Json;
using Carafe.Blueprints;
using Carafe.Hosting;
using Carafe.Limits;

namespace Carafe.Commands;

internal static class RoutesCommand
{
    private static readonly string[] Header = ["Method", "Path", "Blueprint", "Name", "Who may call"];
    private static readonly string[] LimitedHeader = [.. Header, "Limits"];

    public static Command Create(WebApplication app)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON, for other programs." };
        var command = new Command("routes", "List the routes: method, path, blueprint, name, who may call, limits.") { json };
        command.SetAction(async (parsed, _) =>
        {
            var rows = await ReadAsync(app);
            var header = app.Services.GetService<IEndpointLimiter>() is null ? Header : LimitedHeader;
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json) ? Json(header, rows) : Table(header, [header, .. rows]));
            return 0;
        });
        return command;
    }

    private static async Task<List<string[]>> ReadAsync(WebApplication app)
    {
        var (rows, errors) = (new List<string[]>(), new List<string>());
        var limiter = app.Services.GetService<IEndpointLimiter>();
        foreach (var route in RouteTable.Read(app))
        {
            var blueprint = route.Metadata.GetMetadata<BlueprintMetadata>()?.Name ?? "";
            var name = route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";
            var who = await AuthorizationSummary.DescribeAsync(route, app.Services);
            var limits = "";
            try
            {
                limits = string.Join("; ", limiter?.Describe(route) ?? []);
            }
            catch (FormatException error)
            {
                errors.Add(error.Message);
            }

            rows.AddRange(RouteTable.Methods(route).Select(method => new[] { method, RouteTable.Path(route), blueprint, name, who, limits }));
        }

        ConfigurationException.ThrowIfAny([.. errors.Distinct()]);
        return rows;
    }

    private static string Table(string[] header, IReadOnlyList<string[]> rows)
    {
        var widths = header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        return string.Join(Environment.NewLine, rows.Select(row => string.Join("  ", row.Take(header.Length)
            .Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    // Written by hand with the document model, which works where reflection-based JSON is off.
    private static string Json(string[] header, List<string[]> rows)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (var row in rows)
            {
                writer.WriteStartObject();
                for (var column = 0; column < header.Length; column++)
                {
                    writer.WriteString(header[column].Replace(' ', '_').ToLowerInvariant(), row[column]);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
