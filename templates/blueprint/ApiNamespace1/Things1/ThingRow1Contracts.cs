using System.Linq.Expressions;
using System.Text.Json.Serialization;

namespace ApiNamespace1.ThingSet1;

/// <summary>What a caller gives.</summary>
public sealed record ThingRow1Request([property: TextLength(1, 100)] string Name);

/// <summary>What a caller gets.</summary>
[ListName("thing-path-1")]
public sealed record ThingRow1Response(int Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, [property: JsonIgnore] int Version) : IETagged
{
    public static readonly Expression<Func<ThingRow1, ThingRow1Response>> FromRow =
        row => new ThingRow1Response(row.Id, row.Name, row.CreatedAt, row.UpdatedAt, row.Version);

    public static ThingRow1Response From(ThingRow1 row) => new(row.Id, row.Name, row.CreatedAt, row.UpdatedAt, row.Version);
}
