using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>
/// Runs the operations of a step on SQLite. What SQLite cannot alter is changed in the table as the database has it; changes that follow each other
/// share a rebuild.
/// </summary>
internal sealed class SqliteSteps(MigrationRun run, StepContent step)
{
    private readonly SqliteDefinitions _definitions = new(run.Context, step.To);
    private readonly Dictionary<string, TableRebuild> _rebuilds = new(StringComparer.OrdinalIgnoreCase);
    private int _functions;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var broken = await Dependents.BrokenAsync(run, cancellationToken);
        foreach (var operation in step.Operations)
        {
            switch (operation)
            {
                // A comment, which stands in no table of SQLite's.
                case AlterTableOperation or AlterDatabaseOperation:
                    continue;
                case SequenceOperation or DropSequenceOperation or RenameSequenceOperation or RestartSequenceOperation:
                    throw new CommandException($"{step.Id} makes or changes a sequence, which SQLite does not have. Nothing was changed.");
            }

            if (Rebuilt(operation) is { } table)
            {
                await ChangeAsync(await RebuildAsync(table, cancellationToken), operation, cancellationToken);
                continue;
            }

            await FinishAsync(cancellationToken);
            await UniqueChecks.RunAsync(run, operation, cancellationToken);
            foreach (var statement in operation is RenameIndexOperation rename ? await RenamedAsync(rename, cancellationToken)
                : _definitions.Statements(operation))
            {
                await run.ExecuteAsync(statement, cancellationToken);
            }
        }

        await FinishAsync(cancellationToken);
        if ((await Dependents.BrokenAsync(run, cancellationToken))
            .FirstOrDefault(part => !broken.ContainsKey(part.Key)) is { Key: { } part, Value: var reason })
        {
            throw new CommandException(
                $"The {part} needs what {step.Id} takes away: {reason} Drop it, or make it again, in the same migration. Nothing was changed.");
        }
    }

    private static bool IsGenerated(IColumn? column) => column?.FindAnnotation("Sqlite:Autoincrement")?.Value is true;

    private string? Rebuilt(MigrationOperation operation) => operation switch
    {
        AddColumnOperation column => _rebuilds.ContainsKey(column.Table) || !CanAdd(column) ? column.Table : null,
        AlterColumnOperation or DropColumnOperation or AddForeignKeyOperation or DropForeignKeyOperation or AddPrimaryKeyOperation or DropPrimaryKeyOperation
        or AddUniqueConstraintOperation
            or DropUniqueConstraintOperation or AddCheckConstraintOperation or DropCheckConstraintOperation => ((ITableMigrationOperation)operation).Table,
        _ => null,
    };

    // SQLite adds neither a stored column nor a default that it would have to compute (https://sqlite.org/lang_altertable.html section 4).
    private static bool CanAdd(AddColumnOperation column) =>
        column.DefaultValueSql is null && column.IsStored != true
        && (column.IsNullable || column.DefaultValue is not null || column.ComputedColumnSql is not null);

    private async Task<TableRebuild> RebuildAsync(string table, CancellationToken cancellationToken) =>
        _rebuilds.TryGetValue(table, out var begun) ? begun : _rebuilds[table] = await TableRebuild.BeginAsync(run, table, cancellationToken);

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var rebuild in _rebuilds.Values)
        {
            await rebuild.RunAsync(cancellationToken);
        }

        _rebuilds.Clear();
    }

    private async Task ChangeAsync(TableRebuild rebuild, MigrationOperation operation, CancellationToken cancellationToken)
    {
        var table = rebuild.Table;
        switch (operation)
        {
            case AddColumnOperation add:
                table.Columns.Add(TableColumn.Parse(_definitions.Column(table.Name, add.Name, add)));
                break;
            case DropColumnOperation drop:
                table.Replace(drop.Name, column => column);
                table.Columns.Remove(table.Find(drop.Name)!);
                break;
            case AlterColumnOperation alter:
                await AlterAsync(rebuild, alter, cancellationToken);
                break;
            case AddPrimaryKeyOperation { Columns: [var only] } key when IsGenerated(step.To.ColumnOf(key.Table, only)):
                table.Replace(only, column => column.WithPrimaryKey(key.Name, autoincrement: true));
                break;
            case DropPrimaryKeyOperation:
                table.RemovePrimaryKey();
                break;
            case DropForeignKeyOperation drop:
                table.RemoveConstraint(drop.Name);
                break;
            case DropUniqueConstraintOperation drop:
                table.RemoveConstraint(drop.Name);
                break;
            case DropCheckConstraintOperation drop:
                table.RemoveConstraint(drop.Name);
                break;
            default:
                await UniqueChecks.RunAsync(run, operation, cancellationToken);
                table.Constraints.Add(_definitions.Constraint(operation));
                break;
        }
    }

    private async Task AlterAsync(TableRebuild rebuild, AlterColumnOperation alter, CancellationToken cancellationToken)
    {
        var table = rebuild.Table;
        table.Replace(alter.Name, column => column);
        var (quoted, change) = (SqliteTable.Quote(alter.Name), step.Change(alter));
        var computed = alter.ComputedColumnSql is not null || alter.OldColumn.ComputedColumnSql is not null;
        var key = step.From.KeyOf(table.Name);
        var value = quoted;
        if (!computed && !change.KeepsValues)
        {
            value = await ConvertedAsync(table.Name, alter.Name, change, key, cancellationToken);
        }

        if (!computed && !alter.IsNullable)
        {
            if (alter.DefaultValue is { } filler)
            {
                value = $"IFNULL({value}, {_definitions.Literal(filler, _definitions.TypeOf(alter))})";
            }
            else if (alter.DefaultValueSql is { } expression)
            {
                value = $"IFNULL({value}, ({expression}))";
            }
            else
            {
                await run.RefuseRowsAsync(table.Name, null, alter.Name, $"{quoted} IS NULL", "becomes required, and rows have no value", key,
                    cancellationToken);
            }
        }

        rebuild.Fill(alter.Name, value);
        var keepsDefault = change.KeepsValues && Equals(alter.DefaultValue, alter.OldColumn.DefaultValue)
            && alter.DefaultValueSql == alter.OldColumn.DefaultValueSql && alter.DefaultValue is null;
        table.Replace(alter.Name, column =>
            column.Alter(_definitions.Column(table.Name, alter.Name, alter), keepsDefault, alter.Collation == alter.OldColumn.Collation));
        var (was, becomes) = (alter.OldColumn["Sqlite:Autoincrement"] is true, alter["Sqlite:Autoincrement"] is true);
        if (was != becomes)
        {
            table.Replace(alter.Name, column => column.WithAutoincrement(becomes));
        }
    }

    private async Task<string> ConvertedAsync(string table, string column, ValueChange change, IReadOnlyList<string> key, CancellationToken cancellationToken)
    {
        var quoted = SqliteTable.Quote(column);
        var because = change.IsPossible ? $"rows hold a value that does not fit when {change} is changed"
            : $"there is no way from {change}, and rows hold values. Make a new column, fill it, and drop the old one";
        if (!change.IsPossible)
        {
            await run.RefuseRowsAsync(table, null, column, $"{quoted} IS NOT NULL", because, key, cancellationToken);
            return "NULL";
        }

        if (change.Names.Count > 0 && change.From.Kind is ValueKind.Integer or ValueKind.Text)
        {
            var known = string.Join(", ", change.Names.Select(name => TableRebuild.Text(name.Key)));
            await run.RefuseRowsAsync(table, null, column, $"{quoted} IS NOT NULL AND CAST({quoted} AS TEXT) NOT IN ({known})", because, key,
                cancellationToken);
            return $"CASE CAST({quoted} AS " +
                $"TEXT){string.Concat(change.Names.Select(name => $" WHEN {TableRebuild.Text(name.Key)} THEN {TableRebuild.Text(name.Value)}"))} END";
        }

        if (run.IsScript)
        {
            throw new CommandException(
                $"{step.Id} turns the values of {table}.{column} from {change}, which SQL alone does not do alike for every value. Run 'db upgrade' " +
                $"instead of the script.");
        }

        var function = $"carafe_convert_{_functions++}";
        ((SqliteConnection)run.Connection!)
            .CreateFunction(function, (object? value) => value is null or DBNull ? null : SqliteValues.Convert(value, change), isDeterministic: true);
        await run.RefuseRowsAsync(table, null, column, $"{quoted} IS NOT NULL AND {function}({quoted}) IS NULL", because, key, cancellationToken);
        return $"{function}({quoted})";
    }

    private async Task<IEnumerable<string>> RenamedAsync(RenameIndexOperation rename, CancellationToken cancellationToken)
    {
        var rows = await run.QueryAsync($"SELECT sql FROM sqlite_master WHERE type = 'index' AND name = {TableRebuild.Text(rename.Name)}", cancellationToken);
        if (rows is not [[string sql], ..])
        {
            throw new CommandException($"The migration renames the index {rename.Name}, which the database does not have. Nothing was changed.");
        }

        // CREATE [UNIQUE] INDEX name ON ...
        var tokens = SqlTokens.Read(sql);
        var name = tokens[tokens.FindIndex(token => token.Is("ON")) - 1];
        return [$"DROP INDEX {SqliteTable.Quote(rename.Name)}", $"{sql[..name.Start]}{SqliteTable.Quote(rename.NewName)}{sql[name.End..]}"];
    }
}
