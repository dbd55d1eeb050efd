using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Migrations;

/// <summary>
/// What the database itself lacks of the models, whatever its history of migrations says: it was stamped, or changed by hand. More than they need is no fault,
/// unless no row could be written for it.
/// </summary>
internal sealed class LiveSchema(DbContext context)
{
    private readonly IRelationalTypeMappingSource _types = context.GetService<IRelationalTypeMappingSource>();

    public IEnumerable<string> Differences()
    {
        var tables = context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables.Where(table => !table.IsExcludedFromMigrations).ToList();
        if (Reader() is not { } reader)
        {
            return [];
        }

        var live = reader.Create(context.Database.GetDbConnection(), new DatabaseModelFactoryOptions());
        return tables.SelectMany(table => live.Tables.FirstOrDefault(other => other.Name == table.Name && (table.Schema ?? live.DefaultSchema) == (other.Schema ?? live.DefaultSchema)) is { } found
            ? [.. Columns(table, found), .. Keys(table, found)]
            : new[] { $"table {table.Name} is missing" });
    }

    // The provider's own, which dotnet-ef finds the same way. A provider without one has nothing that could be compared.
    private IDatabaseModelFactory? Reader()
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

    private IEnumerable<string> Columns(ITable table, DatabaseTable live)
    {
        foreach (var column in table.Columns)
        {
            var name = $"column {table.Name}.{column.Name}";
            if (live.Columns.FirstOrDefault(other => other.Name == column.Name) is not { } found)
            {
                yield return $"{name} is missing";
            }
            else if (!IsSameType(column.StoreType, found.StoreType))
            {
                yield return $"{name} is {found.StoreType} and not {column.StoreType}";
            }
            else if (column.IsNullable != found.IsNullable)
            {
                yield return $"{name} {(found.IsNullable ? "may" : "may not")} be null";
            }
        }

        foreach (var extra in live.Columns.Where(other => table.FindColumn(other.Name) is null))
        {
            if (extra is { IsNullable: false, DefaultValueSql: null, ComputedColumnSql: null, ValueGenerated: null })
            {
                yield return $"column {table.Name}.{extra.Name} is unknown to the models and must not be null";
            }
        }
    }

    private static IEnumerable<string> Keys(ITable table, DatabaseTable live)
    {
        if (table.PrimaryKey is { } key && !Names(key.Columns).SequenceEqual(live.PrimaryKey is { } found ? Names(found.Columns) : []))
        {
            yield return $"the primary key of {table.Name} is not ({string.Join(", ", Names(key.Columns))})";
        }

        foreach (var index in table.Indexes)
        {
            if (!live.Indexes.Any(other => other.IsUnique == index.IsUnique && Names(other.Columns).SequenceEqual(Names(index.Columns)))
                && !(index.IsUnique && live.UniqueConstraints.Any(other => Names(other.Columns).SequenceEqual(Names(index.Columns)))))
            {
                yield return $"the {(index.IsUnique ? "unique " : "")}index of {table.Name} ({string.Join(", ", Names(index.Columns))}) is missing";
            }
        }

        foreach (var reference in table.ForeignKeyConstraints)
        {
            if (!live.ForeignKeys.Any(other => other.PrincipalTable.Name == reference.PrincipalTable.Name && Names(other.Columns).SequenceEqual(Names(reference.Columns))
                && other.OnDelete == ReferentialAction.Cascade == (reference.OnDeleteAction == ReferentialAction.Cascade)))
            {
                var cascade = reference.OnDeleteAction == ReferentialAction.Cascade ? " on delete cascade" : "";
                yield return $"the foreign key of {table.Name} ({string.Join(", ", Names(reference.Columns))}) to {reference.PrincipalTable.Name}{cascade} is missing";
            }
        }
    }

    // varchar(20) and character varying(20) are one type: what EF makes of them tells.
    private bool IsSameType(string wanted, string? found) =>
        wanted.Equals(found, StringComparison.OrdinalIgnoreCase)
        || (found is not null && _types.FindMapping(wanted) is { } one && _types.FindMapping(found) is { } other
            && (one.GetType(), one.Size, one.Precision, one.Scale, one.IsFixedLength) == (other.GetType(), other.Size, other.Precision, other.Scale, other.IsFixedLength));

    private static IEnumerable<string> Names(IEnumerable<IColumnBase> columns) => columns.Select(column => column.Name);

    private static IEnumerable<string> Names(IEnumerable<DatabaseColumn> columns) => columns.Select(column => column.Name);
}
