using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Carafe.Data.Providers;

namespace Carafe.Data.Transfer;

/// <summary>Rows as lines of JSON: <c>{"table":"posts","row":{"id":1,"title":"..."}}</c>. The first line says which migration they belong to.</summary>
internal static class RowLines
{
    private static readonly JsonSerializerOptions Values = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Head(string? migration) => new JsonObject { ["carafe"] = 1, ["migration"] = migration }.ToJsonString();

    public static string Write(TransferTable table, IReadOnlyList<object?> row)
    {
        var members = new JsonObject();
        for (var i = 0; i < row.Count; i++)
        {
            var column = table.Columns[i];
            members[column.Name] = row[i] is not { } value ? null : column.IsJson ? JsonNode.Parse((string)value)
                : JsonSerializer.SerializeToNode(value, column.ModelType, Values);
        }

        return new JsonObject { ["table"] = table.Name, ["row"] = members }.ToJsonString(Values);
    }

    /// <summary>Reads the first line.</summary>
    /// <exception cref="CommandException">The file is no export.</exception>
    public static string? ReadHead(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadLines(file).FirstOrDefault() ?? "") is JsonObject head && head.ContainsKey("carafe") ? (string?)head["migration"]
                : throw NoExport(file);
        }
        catch (JsonException)
        {
            throw NoExport(file);
        }
    }

    /// <summary>Reads the rows of one table.</summary>
    /// <exception cref="CommandException">A line is no row of the table; the message says which.</exception>
    public static async IAsyncEnumerable<object?[]> ReadAsync(string file, TransferTable table, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (number, mark) = (0, $"{{\"table\":{JsonSerializer.Serialize(table.Name)},");
        await foreach (var line in File.ReadLinesAsync(file, cancellationToken))
        {
            number++;
            if (line.StartsWith(mark, StringComparison.Ordinal))
            {
                yield return Parse(line, table, file, number);
            }
        }
    }

    private static object?[] Parse(string line, TransferTable table, string file, int number)
    {
        try
        {
            var members = JsonNode.Parse(line)!["row"]!.AsObject();
            return [.. table.Columns.Select(column => members[column.Name] is not { } value ? null : column.IsJson ? value.ToJsonString()
                : value.Deserialize(column.ModelType, Values))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CommandException($"{file}, line {number}: no row of {table.Name}: {error.Message} Nothing was changed.");
        }
    }

    private static CommandException NoExport(string file) => new($"{file} was not written by 'db export'. Nothing was changed.");
}
