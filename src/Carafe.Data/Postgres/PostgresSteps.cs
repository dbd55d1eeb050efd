using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Postgres;

/// <summary>
/// Runs the operations of a step on PostgreSQL. Npgsql compares a column with the new model only, and so sees no change of its type; the old type is
/// asked of the database.
/// </summary>
internal sealed class PostgresSteps(MigrationRun run, StepContent step)
{
    private readonly IMigrationsSqlGenerator _generator = run.Context.GetService<IMigrationsSqlGenerator>();
    private readonly IRelationalTypeMappingSource _types = run.Context.GetService<IRelationalTypeMappingSource>();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var plain = new List<MigrationOperation>();
        foreach (var operation in step.Operations)
        {
            if (operation is AlterColumnOperation alter)
            {
                await RunAsync(plain, cancellationToken);
                await AlterAsync(alter, cancellationToken);
            }
            else if (UniqueChecks.Of(operation) is not null)
            {
                await RunAsync(plain, cancellationToken);
                await UniqueChecks.RunAsync(run, operation, cancellationToken);
            }

            plain.Add(operation);
        }

        await RunAsync(plain, cancellationToken);
    }

    private async Task RunAsync(List<MigrationOperation> operations, CancellationToken cancellationToken)
    {
        var options = run.IsScript ? MigrationsSqlGenerationOptions.Script : MigrationsSqlGenerationOptions.Default;
        foreach (var command in _generator.Generate([.. operations], step.To, options))
        {
            await run.ExecuteAsync(command.CommandText, cancellationToken);
        }

        operations.Clear();
    }

    private async Task AlterAsync(AlterColumnOperation alter, CancellationToken cancellationToken)
    {
        if (alter.ComputedColumnSql is not null || alter.OldColumn.ComputedColumnSql is not null)
        {
            return;
        }

        var change = step.Change(alter);
        var newType = alter.ColumnType ?? step.After(alter)?.StoreType ?? TypeOf(alter);
        var oldType = await LiveTypeAsync(alter, cancellationToken) ?? alter.OldColumn.ColumnType ?? step.Before(alter)?.StoreType ?? TypeOf(alter.OldColumn);
        var key = step.From.KeyOf(alter.Table, alter.Schema);
        var values = PostgresValues.Of(run.Quote(alter.Name), change, oldType, newType);
        var same = IsSame(oldType, newType);
        if (values.Misfit is { } misfit && (!same || !change.KeepsValues))
        {
            var because = change.IsPossible
                ? $"rows hold a value that does not fit when {change} is changed"
                : $"there is no way from {change}, and rows hold values. Make a new column, fill it, and drop the old one";
            await RefuseAsync(alter, $"{run.Quote(alter.Name)} IS NOT NULL AND ({misfit})", because, key, cancellationToken);
        }

        if (!same || !change.OnlyChecks)
        {
            await ConvertAsync(alter, values.Using, newType, cancellationToken);
        }

        // What is left for Npgsql: nullability, default, identity, comment.
        alter.ColumnType = newType;
        alter.OldColumn.ColumnType = newType;
        alter.OldColumn.ClrType = alter.ClrType;
        if (!alter.IsNullable)
        {
            await RequireAsync(alter, newType, key, cancellationToken);
        }
    }

    private async Task ConvertAsync(AlterColumnOperation alter, string value, string newType, CancellationToken cancellationToken)
    {
        var (table, column) = (run.Quote(alter.Table, alter.Schema), run.Quote(alter.Name));
        // An identity has no default that could be in the way; any other must go, for it may not be one of the new type.
        var identity = alter["Npgsql:ValueGenerationStrategy"] is not null || alter.OldColumn["Npgsql:ValueGenerationStrategy"] is not null;
        await run.ExecuteAsync(
            $"ALTER TABLE {table} {(identity ? "" : $"ALTER COLUMN {column} DROP DEFAULT, ")}ALTER COLUMN {column} TYPE {newType} USING {value}",
            cancellationToken);
        alter.OldColumn.DefaultValue = null;
        alter.OldColumn.DefaultValueSql = null;
    }

    private async Task RequireAsync(AlterColumnOperation alter, string type, IReadOnlyList<string> key, CancellationToken cancellationToken)
    {
        var (table, column) = (run.Quote(alter.Table, alter.Schema), run.Quote(alter.Name));
        var filler = alter.DefaultValueSql
            ?? (alter.DefaultValue is { } value ? (_types.FindMapping(value.GetType(), type) ?? _types.GetMappingForValue(value)).GenerateSqlLiteral(value)
                : null);
        if (filler is not null)
        {
            await run.ExecuteAsync($"UPDATE {table} SET {column} = {filler} WHERE {column} IS NULL", cancellationToken);
        }
        else
        {
            await RefuseAsync(alter, $"{column} IS NULL", "becomes required, and rows have no value", key, cancellationToken);
        }
    }

    private async Task RefuseAsync(AlterColumnOperation alter, string condition, string because, IReadOnlyList<string> key, CancellationToken cancellationToken)
    {
        if (run.CanAsk)
        {
            await run.RefuseRowsAsync(alter.Table, alter.Schema, alter.Name, condition, because, key, cancellationToken);
        }
        else
        {
            var message = $"{alter.Table}.{alter.Name}: {because}".Replace("'", "''", StringComparison.Ordinal);
            await run.ExecuteAsync(
                $"DO $$ BEGIN IF EXISTS (SELECT 1 FROM {run.Quote(alter.Table, alter.Schema)} WHERE {condition}) THEN RAISE EXCEPTION '%', '{message}'; " +
                $"END IF; END $$", cancellationToken);
        }
    }

    private async Task<string?> LiveTypeAsync(AlterColumnOperation alter, CancellationToken cancellationToken)
    {
        var table = run.Quote(alter.Table, alter.Schema).Replace("'", "''", StringComparison.Ordinal);
        var rows = await run.QueryAsync(
            $"SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = " +
            $"'{alter.Name.Replace("'", "''", StringComparison.Ordinal)}' AND NOT attisdropped",
            cancellationToken);
        return rows is [[string type]] ? type : run.CanAsk
            ? throw new CommandException($"The migration changes {alter.Table}.{alter.Name}, which the database does not have. Nothing was changed.") : null;
    }

    private bool IsSame(string one, string other) => SchemaTypes.IsSame(_types, one, other);

    private string TypeOf(ColumnOperation column) =>
        _types.FindMapping(column.ClrType, null, false, column.IsUnicode, column.MaxLength, column.IsRowVersion, column.IsFixedLength, column.Precision,
            column.Scale)?.StoreType
        ?? throw new CommandException($"{step.Id}: PostgreSQL has no type for {column.ClrType.Name} ({column.Table}.{column.Name}).");
}
