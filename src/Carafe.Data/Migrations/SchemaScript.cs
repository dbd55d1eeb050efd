using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Migrations;

/// <summary>Writes steps as a script, for running SQL by hand. Each step is a transaction, and the script ends at the first statement that fails.</summary>
internal sealed class SchemaScript(DbContext context, Database database)
{
    public async Task<string> WriteAsync(IReadOnlyList<MigrationStep> steps, CancellationToken cancellationToken)
    {
        var (plan, script) = (new MigrationPlan(context), new StringBuilder());
        var history = context.GetService<IHistoryRepository>();
        await using var writer = await database.BeginScriptAsync(context, script, cancellationToken);
        await writer.Run.ExecuteAsync(history.GetCreateIfNotExistsScript(), cancellationToken);
        foreach (var step in steps)
        {
            var content = plan.Content(step);
            var transaction = !database.RunsWithoutTransaction(content);
            script.AppendLine().Append("-- ").Append(step.Up ? "upgrade " : "downgrade ").AppendLine(step.Id)
                .Append(transaction ? $"BEGIN;{Environment.NewLine}" : "");
            await database.RunStepAsync(writer.Run, content, cancellationToken);
            await writer.Run.ExecuteAsync(plan.Note(step), cancellationToken);
            script.Append(writer.BeforeCommit).Append(transaction ? $"COMMIT;{Environment.NewLine}" : "");
        }

        return script.ToString();
    }
}
