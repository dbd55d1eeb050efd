using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;

namespace Carafe.Data.Providers;

/// <summary>Describes a table in the database.</summary>
internal sealed record LiveTable(string? Schema, string Name)
{
    public IReadOnlyList<LiveColumn> Columns { get; init; } = [];

    public IReadOnlyList<string> PrimaryKey { get; init; } = [];

    public IReadOnlyList<LiveIndex> Indexes { get; init; } = [];

    public IReadOnlyList<LiveReference> References { get; init; } = [];

    /// <summary>Gets whether the database has indexes with filters. Where it has none, one without holds more rows and is as good.</summary>
    public bool HasFilters { get; init; } = true;

    /// <summary>Gets the names of its check constraints; null where the provider does not report them.</summary>
    public IReadOnlyList<string>? Checks { get; init; }
}

/// <summary>Describes a column in the database.</summary>
internal sealed record LiveColumn(string Name, string? Type, bool IsNullable, string? Default, bool IsComputed, bool IsGenerated);

/// <summary>Describes an index or a unique constraint in the database.</summary>
internal sealed record LiveIndex(string? Name, IReadOnlyList<string> Columns, bool IsUnique, string? Filter);

/// <summary>Describes a foreign key in the database.</summary>
internal sealed record LiveReference(IReadOnlyList<string> Columns, string Principal, bool Cascades);

/// <summary>Holds the tables of a database.</summary>
internal sealed record LiveTables(string? DefaultSchema, IReadOnlyList<LiveTable> Tables)
{
    /// <summary>Gets the sequences by name; null where the provider does not report them.</summary>
    public IReadOnlyList<string>? Sequences { get; init; }

    /// <summary>Reads a database by what its EF provider scaffolds from. Null where the provider has nothing of the kind.</summary>
    public static LiveTables? Read(DbContext context) =>
        Reader(context)?.Create(context.Database.GetDbConnection(), new DatabaseModelFactoryOptions()) is { } live
            ? new(live.DefaultSchema, [.. live.Tables.Select(Read)]) { Sequences = [.. live.Sequences.Select(sequence => sequence.Name)] }
            : null;

    private static LiveTable Read(DatabaseTable table) => new(table.Schema, table.Name)
    {
        Columns = [.. table.Columns.Select(column => new LiveColumn(
            column.Name, column.StoreType, column.IsNullable, column.DefaultValueSql, column.ComputedColumnSql is not null, column.ValueGenerated is not null
                && column.ComputedColumnSql is null))],
        PrimaryKey = table.PrimaryKey is { } key ? Names(key.Columns) : [],
        Indexes =
        [
            .. table.Indexes.Select(index => new LiveIndex(index.Name, Names(index.Columns), index.IsUnique, index.Filter)),
            .. table.UniqueConstraints.Select(unique => new LiveIndex(unique.Name, Names(unique.Columns), true, null)),
        ],
        References = [.. table.ForeignKeys.Select(key =>
            new LiveReference(Names(key.Columns), key.PrincipalTable.Name, key.OnDelete == ReferentialAction.Cascade))],
    };

    private static IReadOnlyList<string> Names(IEnumerable<DatabaseColumn> columns) => [.. columns.Select(column => column.Name)];

    /// <summary>Returns what the provider scaffolds from, found as dotnet-ef finds it. Null where the provider has nothing of the kind.</summary>
    public static IDatabaseModelFactory? Reader(DbContext context)
    {
        var assembly = Assembly.Load(context.Database.ProviderName!);
        if (assembly.GetCustomAttribute<DesignTimeProviderServicesAttribute>() is not { } attribute || assembly.GetType(attribute.TypeName) is not { } type)
        {
            return null;
        }

        var services = new ServiceCollection();
        ((IDesignTimeServices)Activator.CreateInstance(type)!).ConfigureDesignTimeServices(services);
        var implementation = services.LastOrDefault(service => service.ServiceType == typeof(IDatabaseModelFactory))?.ImplementationType;
        return implementation is null ? null : (IDatabaseModelFactory)ActivatorUtilities.CreateInstance(context.GetInfrastructure(), implementation);
    }
}
