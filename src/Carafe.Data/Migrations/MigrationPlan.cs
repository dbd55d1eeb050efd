using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Migrations;

/// <summary>One migration to apply or to take back.</summary>
internal sealed record MigrationStep(string Id, bool Up);

/// <summary>Turns steps into the commands of the database at hand.</summary>
internal sealed class MigrationPlan(DbContext context)
{
    private readonly IMigrationsAssembly _assembly = context.GetService<IMigrationsAssembly>();
    private readonly IHistoryRepository _history = context.GetService<IHistoryRepository>();

    /// <summary>The steps from what is applied to a target, null for before the first.</summary>
    public static IReadOnlyList<MigrationStep> Steps(SchemaState state, string? target)
    {
        var wanted = target is null ? [] : state.Known.Take(state.Known.ToList().IndexOf(target) + 1).ToList();
        return
        [
            .. state.Applied.Except(wanted).Reverse().Select(id => new MigrationStep(id, Up: false)),
            .. wanted.Except(state.Applied).Select(id => new MigrationStep(id, Up: true)),
        ];
    }

    /// <summary>The commands of a step, without the note in the history.</summary>
    public IReadOnlyList<MigrationCommand> Commands(MigrationStep step, MigrationsSqlGenerationOptions options = MigrationsSqlGenerationOptions.Default)
    {
        var migration = Load(step.Id);
        var before = _assembly.Migrations.Keys.Where(id => string.CompareOrdinal(id, step.Id) < 0).Max(StringComparer.Ordinal);
        var generator = context.GetService<IMigrationsSqlGenerator>();
        return step.Up
            ? generator.Generate(migration.UpOperations, Model(migration), options)
            : generator.Generate(migration.DownOperations, before is null ? null : Model(Load(before)), options);
    }

    /// <summary>The statement that notes a step in the history.</summary>
    public string Note(MigrationStep step) =>
        step.Up ? _history.GetInsertScript(new HistoryRow(step.Id, ProductInfo.GetVersion())) : _history.GetDeleteScript(step.Id);

    /// <summary>All of it as a script, for whoever runs SQL by hand.</summary>
    public string Script(IReadOnlyList<MigrationStep> steps)
    {
        var script = new StringBuilder(_history.GetCreateIfNotExistsScript()).AppendLine();
        var end = context.GetService<ISqlGenerationHelper>().BatchTerminator;
        foreach (var step in steps)
        {
            script.Append("-- ").Append(step.Up ? "upgrade " : "downgrade ").AppendLine(step.Id);
            foreach (var command in Commands(step, MigrationsSqlGenerationOptions.Script))
            {
                script.Append(command.CommandText).Append(end);
            }

            script.AppendLine(Note(step)).Append(end);
        }

        return script.ToString();
    }

    private Migration Load(string id) => _assembly.CreateMigration(_assembly.Migrations[id], context.Database.ProviderName!);

    private IModel Model(Migration migration) => context.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel, designTime: true, validationLogger: null);
}
