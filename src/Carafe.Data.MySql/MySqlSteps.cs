using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using MySqlConnector;

namespace Carafe.Data.MySql;

/// <summary>
/// Runs the statements of a step, and notes each that is done. Changes of the schema commit by themselves here, so a step that ends in the middle stays
/// half done; the next run goes on behind the last statement that is noted.
/// </summary>
internal sealed class MySqlSteps(MigrationRun run, StepContent step)
{
    private static readonly string[] Definitions = ["CREATE ", "ALTER ", "DROP ", "RENAME ", "TRUNCATE "];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var options = run.IsScript ? MigrationsSqlGenerationOptions.Script : MigrationsSqlGenerationOptions.Default;
        var statements = run.Context.GetService<IMigrationsSqlGenerator>().Generate(step.Operations, step.To, options)
            .Select(command => command.CommandText.Trim().TrimEnd(';')).Where(sql => sql.Length > 0).ToList();
        if (run.IsScript || !run.CanAsk)
        {
            foreach (var statement in statements)
            {
                await run.ExecuteAsync(statement, cancellationToken);
            }

            return;
        }

        var progress = new MySqlProgress(run, step.Id, step.Up, Hash(statements), statements.Count);
        var (done, begun) = await progress.ReadAsync(cancellationToken);
        if (done == 0)
        {
            await new MySqlColumnChanges(run, step).CheckAsync(cancellationToken);
        }

        for (var at = done; at < statements.Count; at++)
        {
            await RunAsync(progress, statements[at], at, wasBegun: begun == at, cancellationToken);
        }
    }

    private static string Hash(List<string> statements) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(";\n", statements))));

    private async Task RunAsync(MySqlProgress progress, string statement, int at, bool wasBegun, CancellationToken cancellationToken)
    {
        try
        {
            if (IsDefinition(statement))
            {
                await progress.NoteAsync(at, at, run, cancellationToken);
                await DefineAsync(statement, wasBegun, cancellationToken);
                await progress.NoteAsync(at + 1, at, run, cancellationToken);
                return;
            }

            // Rows and the note in one transaction.
            await using var transaction = await run.Context.Database.BeginTransactionAsync(cancellationToken);
            var inside = await MigrationRun.OnAsync(run.Context, cancellationToken);
            await inside.ExecuteAsync(statement, cancellationToken);
            await progress.NoteAsync(at + 1, at, inside, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (MySqlException error)
        {
            // It was not done: "exists already" must not pass for that the next time.
            if (run.Connection!.State == ConnectionState.Open)
            {
                await progress.NoteAsync(at, -1, run, CancellationToken.None);
            }

            if (error.ErrorCode is MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.LockDeadlock)
            {
                throw;
            }

            throw new CommandException(string.Create(CultureInfo.InvariantCulture,
                $"{step.Id}: statement {at + 1} of {progress.Total} failed: {error.Message}{Environment.NewLine}  {statement.ReplaceLineEndings(" ")}"
                + $"{Environment.NewLine}The {at} before it are done and stay so; the migration is not noted as {(step.Up ? "applied" : "taken back")}. "
                + $"Mend the cause and run the command again: it goes on with statement {at + 1}."));
        }
    }

    // A statement that was begun may have been done, and its note lost with the process. Then the server says that there is nothing left to do.
    private async Task DefineAsync(string statement, bool wasBegun, CancellationToken cancellationToken)
    {
        try
        {
            await run.ExecuteAsync(statement, cancellationToken);
        }
        catch (MySqlException error) when (wasBegun && MySqlDone.Says(statement, error))
        {
        }
    }

    private static bool IsDefinition(string statement) =>
        Definitions.Any(word => statement.StartsWith(word, StringComparison.OrdinalIgnoreCase));
}
