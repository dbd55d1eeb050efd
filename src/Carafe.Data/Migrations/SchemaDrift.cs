using Carafe.Data.Conventions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>Finds what the migrations lack of the model.</summary>
internal static class SchemaDrift
{
    public static IReadOnlyList<MigrationOperation> Of(DbContext context) =>
    [
        .. new ReviewedDiffer(context, MigrateChoices.Anything)
            .GetDifferences(Snapshot(context)?.GetRelationalModel(), context.GetService<IDesignTimeModel>().Model.GetRelationalModel())
            .Where(operation => !IsNothing(operation, context)),
    ];

    // A mark of a provider that the snapshot does not speak of, and a constant that the provider stores in another form, change nothing.
    private static bool IsNothing(MigrationOperation operation, DbContext context)
    {
        if (operation is not AlterColumnOperation { OldColumn: var old } now)
        {
            return false;
        }

        var database = context.GetService<IDbContextOptions>().FindExtension<ConventionsExtension>()?.Database;
        return now[ValueChange.NumberAnnotation] is null && now[ValueChange.Annotation] is null
            && (now.ColumnType, now.IsNullable, now.MaxLength, now.Precision, now.Scale, now.IsUnicode, now.IsFixedLength, now.DefaultValueSql,
            now.ComputedColumnSql, now.IsStored, now.Collation, now.Comment)
            .Equals((old.ColumnType, old.IsNullable, old.MaxLength, old.Precision, old.Scale, old.IsUnicode, old.IsFixedLength, old.DefaultValueSql,
                old.ComputedColumnSql, old.IsStored, old.Collation, old.Comment))
            && Equals(Stored(now.DefaultValue), Stored(old.DefaultValue))
            && GeneratedKey.IsSame(now, old, context);

        object? Stored(object? value) => value is null || database is null ? value : database.Store(value);
    }

    /// <summary>Does the same for every provider of the app, without contacting a database: one set of migrations must be valid for all.</summary>
    public static async Task<IReadOnlyList<string>> AcrossAsync(IServiceProvider services, Func<Database, DbContext> create)
    {
        var errors = new List<string>();
        var providers = services.GetRequiredService<DatabaseProviders>();
        foreach (var provider in providers.All)
        {
            await using var database = DatabaseProviders.OpenForModel(provider, services);
            await using var context = create(database);
            errors.AddRange(Of(context).Select(operation => $"{provider.Name}: {Describe(operation)}"));
        }

        return errors;
    }

    public static string Describe(MigrationOperation operation) => operation switch
    {
        CreateTableOperation table => $"table {table.Name} is new",
        DropTableOperation table => $"table {table.Name} is gone",
        AddColumnOperation column => $"column {column.Table}.{column.Name} is new",
        DropColumnOperation column => $"column {column.Table}.{column.Name} is gone",
        AlterColumnOperation column =>
            $"column {column.Table}.{column.Name} differs ({column.OldColumn.ColumnType}{(column.OldColumn.IsNullable ? " null" : "")} -> " +
                $"{column.ColumnType}{(column.IsNullable ? " null" : "")})",
        ITableMigrationOperation other => $"{operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal)} on {other.Table}",
        _ => operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal),
    };

    public static IModel? Snapshot(DbContext context)
    {
        if (context.GetService<IMigrationsAssembly>().ModelSnapshot?.Model is not { } model)
        {
            return null;
        }

        CarafeConventions.ConvertInstants(model, context.Database.ProviderName!);
        return context.GetService<IModelRuntimeInitializer>().Initialize(model, designTime: true, validationLogger: null);
    }
}
