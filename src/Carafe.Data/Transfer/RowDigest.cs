using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carafe.Data.Providers;

namespace Carafe.Data.Transfer;

/// <summary>Counts rows and adds up their hashes. Two tables with one digest have the same rows, in whatever order each database gives them.</summary>
internal sealed class RowDigest
{
    private readonly StringBuilder _row = new();
    private UInt128 _sum;

    public long Count { get; private set; }

    public string Value => string.Create(CultureInfo.InvariantCulture, $"{_sum:x32}");

    public void Add(IReadOnlyList<object?> row, TransferTable table)
    {
        _row.Clear();
        for (var i = 0; i < row.Count; i++)
        {
            var text = Canonical(row[i], table.Columns[i].IsJson);
            _row.Append(text?.Length ?? -1).Append(':').Append(text);
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(_row.ToString()));
        _sum = unchecked(_sum + BinaryPrimitives.ReadUInt128LittleEndian(hash));
        Count++;
    }

    // Each database keeps a value in its own form: 1.50 as 1.5, JSON with other blanks, times to the microsecond.
    private static string? Canonical(object? value, bool json) => value switch
    {
        null => null,
        string text when json => Sorted(JsonNode.Parse(text))?.ToJsonString() ?? "null",
        string text => text,
        bool flag => flag ? "1" : "0",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTimeOffset moment => Micro(moment.UtcTicks),
        DateTime moment => Micro(moment.Ticks),
        TimeOnly time => Micro(time.Ticks),
        TimeSpan span => Micro(span.Ticks),
        decimal number => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Enum name => name.ToString("D"),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => string.Join('|', list.Cast<object?>().Select(item => Canonical(item, false) is { } text ? $"{text.Length}:{text}" : "-")),
        _ => JsonSerializer.Serialize(value),
    };

    private static string Micro(long ticks) => (ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members =>
            new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal)
                .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
