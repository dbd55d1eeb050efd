using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>What the migrations lack of the model.</summary>
internal static class SchemaDrift
{
    public static IReadOnlyList<MigrationOperation> Of(DbContext context) =>
        context.GetService<IMigrationsModelDiffer>().GetDifferences(Snapshot(context)?.GetRelationalModel(), context.GetService<IDesignTimeModel>().Model.GetRelationalModel());

    /// <summary>The same for every provider of the app, without contacting a database: one set of migrations must hold for all.</summary>
    public static async Task<IReadOnlyList<string>> AcrossAsync(IServiceProvider services, Func<Database, DbContext> create)
    {
        var faults = new List<string>();
        var providers = services.GetRequiredService<DatabaseProviders>();
        foreach (var provider in providers.All)
        {
            await using var database = provider.OpenForModel(services);
            await using var context = create(database);
            faults.AddRange(Of(context).Select(operation => $"{provider.Name}: {Describe(operation)}"));
        }

        return faults;
    }

    public static string Describe(MigrationOperation operation) => operation switch
    {
        CreateTableOperation table => $"table {table.Name} is new",
        DropTableOperation table => $"table {table.Name} is gone",
        AddColumnOperation column => $"column {column.Table}.{column.Name} is new",
        DropColumnOperation column => $"column {column.Table}.{column.Name} is gone",
        AlterColumnOperation column => $"column {column.Table}.{column.Name} differs ({column.OldColumn.ColumnType}{(column.OldColumn.IsNullable ? " null" : "")} -> {column.ColumnType}{(column.IsNullable ? " null" : "")})",
        ITableMigrationOperation other => $"{operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal)} on {other.Table}",
        _ => operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal),
    };

    private static IModel? Snapshot(DbContext context) =>
        context.GetService<IMigrationsAssembly>().ModelSnapshot?.Model is { } model
            ? context.GetService<IModelRuntimeInitializer>().Initialize(model, designTime: true, validationLogger: null)
            : null;
}
