using System.Data.Common;
using Carafe.Data.Conventions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Sets;

/// <summary>
/// Writes a row where it is not there. SQLite and PostgreSQL have a statement that does nothing on a conflict of named columns. MySQL and MariaDB have one
/// for a conflict of any key only, so there a plain INSERT runs, and its error says which key the row is there by.
/// </summary>
internal static class InsertIfAbsent
{
    private const string Deadlock = "40001";
    private const int Attempts = 5;

    public static async Task<bool> RunAsync(EntityEntry entry, CancellationToken cancellationToken)
    {
        var (context, type) = (entry.Context, entry.Metadata);
        var isMySql = context.Database.ProviderName is "Carafe.MySql";
        if (!isMySql && context.Database.ProviderName is not ("Microsoft.EntityFrameworkCore.Sqlite" or "Npgsql.EntityFrameworkCore.PostgreSQL"))
        {
            throw new NotSupportedException($"AddIfAbsentAsync knows SQLite, PostgreSQL, MariaDB and MySQL, and not {context.Database.ProviderName}.");
        }

        var database = context.GetService<IDbContextOptions>().FindExtension<ConventionsExtension>()?.Database;
        if (isMySql && database is null)
        {
            throw new NotSupportedException($"AddIfAbsentAsync knows MariaDB and MySQL for the context of AddDatabase only, not for {context.GetType().Name}.");
        }

        var (sql, identity) = (context.GetService<ISqlGenerationHelper>(), RowIdentity.Of(type));
        var table = Table(type);
        entry.Context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider?.GetService<RowInterceptor>()
            ?.PrepareAdded(entry);
        foreach (var property in identity)
        {
            RowIdentity.Value(entry, property);
        }

        var (columns, parameters) = (new List<string>(), new List<DbParameter>());
        await using (var factory = context.Database.GetDbConnection().CreateCommand())
        {
            foreach (var mapping in table.ColumnMappings.Where(mapping => IsWritten(entry, mapping.Property)))
            {
                columns.Add(sql.DelimitIdentifier(mapping.Column.Name));
                parameters.Add(mapping.TypeMapping.CreateParameter(
                    factory, sql.GenerateParameterName($"p{parameters.Count}"), Value(entry, mapping.Property), mapping.Column.IsNullable));
            }
        }

        var target = identity.Select(property => sql.DelimitIdentifier(table.ColumnMappings.Single(mapping => mapping.Property == property).Column.Name));
        var conflict = isMySql ? "" : $" ON CONFLICT ({string.Join(", ", target)}) DO NOTHING";
        var text = $"INSERT INTO {sql.DelimitIdentifier(table.Table.Name, table.Table.Schema)} ({string.Join(", ", columns)}) "
            + $"VALUES ({string.Join(", ", parameters.Select(parameter => parameter.ParameterName))}){conflict}";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.Database.ExecuteSqlRawAsync(text, parameters, cancellationToken) > 0;
            }
            catch (DbException failure) when (isMySql && IsThere(database!.Explain(failure), table, identity))
            {
                return false;
            }
            catch (DbException failure) when (isMySql && failure.SqlState == Deadlock && context.Database.CurrentTransaction is null && attempt < Attempts)
            {
                // Those that wait for a row that goes share its lock, and only one of them can have it alone.
            }
            catch (DbException failure)
            {
                // As SaveChanges does, so that its errors have one response.
                throw new DbUpdateException($"The row of {type.DisplayName()} could not be added.", failure, [entry]);
            }
        }
    }

    private static bool IsThere(DatabaseError? error, ITableMapping table, IReadOnlyList<IProperty> identity) =>
        error is { Kind: DatabaseErrorKind.Unique, Constraint: { } key }
        && (key == "PRIMARY" ? identity.All(property => property.IsPrimaryKey())
            : table.Table.UniqueConstraints.Where(unique => unique.Name == key).Select(unique => unique.Columns)
                .Concat(table.Table.Indexes.Where(index => index.Name == key).Select(index => index.Columns))
                .Any(columns => columns.ToHashSet().SetEquals(identity.Select(property => table.Table.FindColumn(property)!))));

    private static ITableMapping Table(IEntityType type) =>
        type.GetTableMappings().ToList() is [var only] && !type.GetComplexProperties().Any()
        && !type.GetNavigations().Any(part => part.TargetEntityType.IsOwned())
            ? only
            : throw new InvalidOperationException(
                $"{type.DisplayName()} has parts: complex members, owned types or more than one table. AddIfAbsentAsync adds rows of simple columns.");

    // What is not set and has a default, or is generated, is the database's to fill in.
    private static bool IsWritten(EntityEntry entry, IProperty property)
    {
        if (property.GetBeforeSaveBehavior() != PropertySaveBehavior.Save || property.GetComputedColumnSql() is not null)
        {
            return false;
        }

        if (!property.ValueGenerated.HasFlag(ValueGenerated.OnAdd) || !Equals(entry.Property(property).CurrentValue, property.Sentinel))
        {
            return true;
        }

        // EF makes these itself.
        if (property.ClrType == typeof(Guid) && property.GetDefaultValueSql() is null)
        {
            entry.Property(property).CurrentValue = Guid.CreateVersion7();
            return true;
        }

        return false;
    }

    private static object? Value(EntityEntry entry, IProperty property) =>
        property == entry.Metadata.FindDiscriminatorProperty() ? entry.Metadata.GetDiscriminatorValue() : entry.Property(property).CurrentValue;
}
