using Carafe.Data.Conventions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Migrations;

/// <summary>Represents one migration to apply or to revert.</summary>
internal sealed record MigrationStep(string Id, bool Up);

/// <summary>Finds what steps do.</summary>
internal sealed class MigrationPlan(DbContext context)
{
    private readonly IMigrationsAssembly _assembly = context.GetService<IMigrationsAssembly>();
    private readonly Lazy<IModel> _current = new(() => context.GetService<IDesignTimeModel>().Model);
    private readonly IHistoryRepository _history = context.GetService<IHistoryRepository>();

    /// <summary>Returns the steps from what is applied to a target; null stands for before the first.</summary>
    public static IReadOnlyList<MigrationStep> Steps(SchemaState state, string? target)
    {
        var wanted = target is null ? [] : state.Known.Take(state.Known.ToList().IndexOf(target) + 1).ToList();
        return
        [
            .. state.Applied.Except(wanted).Reverse().Select(id => new MigrationStep(id, Up: false)),
            .. wanted.Except(state.Applied).Select(id => new MigrationStep(id, Up: true)),
        ];
    }

    /// <summary>Returns what a step does, and the models around it.</summary>
    public StepContent Content(MigrationStep step)
    {
        var migration = Load(step.Id);
        var before = _assembly.Migrations.Keys.Where(id => string.CompareOrdinal(id, step.Id) < 0).Max(StringComparer.Ordinal) is { } id ? Model(Load(id))
            : null;
        var content = step.Up
            ? new StepContent(step.Id, step.Up, migration.UpOperations, before, Model(migration), _current.Value)
            : new StepContent(step.Id, step.Up, migration.DownOperations, Model(migration), before, _current.Value);
        GeneratedKey.Translate(content.Operations, context);
        ColumnDefaults.Complete(content, context);
        return content;
    }

    /// <summary>Returns the model that a migration leads to.</summary>
    public IModel ModelOf(string id) => Model(Load(id));

    /// <summary>Returns the statement that records a step in the history.</summary>
    public string Note(MigrationStep step) =>
        step.Up ? _history.GetInsertScript(new HistoryRow(step.Id, ProductInfo.GetVersion())) : _history.GetDeleteScript(step.Id);

    private Migration Load(string id) => _assembly.CreateMigration(_assembly.Migrations[id], context.Database.ProviderName!);

    private IModel Model(Migration migration)
    {
        CarafeConventions.ConvertInstants(migration.TargetModel, context.Database.ProviderName!);
        return context.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel, designTime: true, validationLogger: null);
    }
}
