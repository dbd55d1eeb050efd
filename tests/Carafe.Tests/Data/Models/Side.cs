using Carafe.Data.Conventions;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Tests.Data.Models;

/// <summary>A model on a database, opened for as long as the trials take.</summary>
internal sealed class Side(WebApplication app, AsyncServiceScope scope, DbContext context) : IAsyncDisposable
{
    public DbContext Context => context;

    public Carafe.Data.Database Database { get; } = context.GetService<IDbContextOptions>().FindExtension<ConventionsExtension>()!.Database;

    public IModel Model { get; } = context.GetService<IDesignTimeModel>().Model;

    /// <summary>What the last migration does.</summary>
    public StepContent Content { get; } = new MigrationPlan(context).Content(new MigrationStep(Last(context).Key, Up: true));

    /// <summary>Its operations, made anew.</summary>
    public IReadOnlyList<MigrationOperation> NewOperations() =>
        context.GetService<IMigrationsAssembly>().CreateMigration(Last(context).Value, context.Database.ProviderName!).UpOperations;

    public static Task<Side> OpenAsync(CompiledModel model, string url)
    {
        var app = model.Create(url);
        var scope = app.Services.CreateAsyncScope();
        return Task.FromResult(new Side(app, scope, model.Context(scope.ServiceProvider)));
    }

    public IColumn Column(string table, string property) => Model.GetEntityTypes().Single(type => type.ClrType.Name == table)
        .FindProperty(property)!.GetTableColumnMappings().Single().Column;

    private static KeyValuePair<string, System.Reflection.TypeInfo> Last(DbContext context) =>
        context.GetService<IMigrationsAssembly>().Migrations.MaxBy(migration => migration.Key, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await scope.DisposeAsync();
        await app.DisposeAsync();
    }
}
