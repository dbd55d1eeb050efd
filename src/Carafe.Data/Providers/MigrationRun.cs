using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Providers;

/// <summary>Describes what one step does.</summary>
/// <param name="Id">The migration.</param>
/// <param name="Up">Whether it is applied or taken back.</param>
/// <param name="Operations">The operations, in order.</param>
/// <param name="From">The model before the step; null before the first migration.</param>
/// <param name="To">The model after it; null before the first migration.</param>
/// <param name="Current">The model that the app has now; null where it does not matter. The one in a migration knows no converters.</param>
internal sealed record StepContent(string Id, bool Up, IReadOnlyList<MigrationOperation> Operations, IModel? From, IModel? To, IModel? Current = null)
{
    /// <summary>Returns the column that an operation changes, as it was before the step. A rename in the same step comes first.</summary>
    public IColumn? Before(AlterColumnOperation operation)
    {
        var earlier = Operations.TakeWhile(other => other != operation).ToList();
        var column = earlier.OfType<RenameColumnOperation>()
            .LastOrDefault(rename => rename.Table == operation.Table && rename.NewName == operation.Name)?.Name ?? operation.Name;
        var table = earlier.OfType<RenameTableOperation>().LastOrDefault(rename => rename.NewName == operation.Table) is { } renamed
            ? (renamed.Name, renamed.Schema) : (operation.Table, operation.Schema);
        return From?.GetRelationalModel().FindTable(table.Item1, table.Item2)?.FindColumn(column);
    }

    /// <summary>Returns the column that an operation changes, as it is after the step.</summary>
    public IColumn? After(ColumnOperation operation) => After(operation.Table, operation.Name, operation.Schema);

    /// <summary>Returns the column as it is after the step, with the converters of the app's model where that has it unchanged.</summary>
    public IColumn? After(string table, string column, string? schema)
    {
        var after = To.ColumnOf(table, column, schema);
        return Current.ColumnOf(table, column, schema) is { } now && now.StoreType == after?.StoreType ? now : after;
    }

    /// <summary>Determines what a change of a column does to its values.</summary>
    public ValueChange Change(AlterColumnOperation operation) => ValueChange.Of(operation, ValueType.Of(Before(operation)), ValueType.Of(After(operation)));
}

/// <summary>Runs the statements of a step, writes them down, or both.</summary>
internal sealed class MigrationRun(DbContext context, DbConnection? connection, DbTransaction? transaction, StringBuilder? script)
{
    /// <summary>Runs statements on the connection of a context, which is opened if it is not.</summary>
    public static async Task<MigrationRun> OnAsync(DbContext context, CancellationToken cancellationToken)
    {
        var connection = context.Database.GetDbConnection();
        if (connection.State != ConnectionState.Open)
        {
            await context.Database.OpenConnectionAsync(cancellationToken);
        }

        return new MigrationRun(context, connection, context.Database.CurrentTransaction?.GetDbTransaction(), script: null);
    }

    public DbContext Context => context;

    public DbConnection? Connection => connection;

    /// <summary>Gets whether the statements are written down for somebody else to run.</summary>
    public bool IsScript => script is not null;

    /// <summary>Gets whether there is a database to query.</summary>
    public bool CanAsk => connection is not null;

    public ISqlGenerationHelper Sql { get; } = context.GetService<ISqlGenerationHelper>();

    public string Quote(string name, string? schema = null) => Sql.DelimitIdentifier(name, schema);

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(sql))
        {
            return;
        }

        script?.Append(sql.TrimEnd().TrimEnd(';')).AppendLine(";");
        if (connection is not null)
        {
            await using var command = Command(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql, CancellationToken cancellationToken)
    {
        if (connection is null)
        {
            return [];
        }

        await using var command = Command(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(value => value is DBNull ? null : value)]);
        }

        return rows;
    }

    /// <summary>Refuses a step because of rows that would not survive it, and names them.</summary>
    /// <param name="table">The table.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="column">The column whose value is reported.</param>
    /// <param name="condition">True for the rows in question.</param>
    /// <param name="because">What is wrong with them, after "posts.title: ".</param>
    /// <param name="key">The columns that name a row.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task RefuseRowsAsync(string table, string? schema, string column, string condition, string because, IReadOnlyList<string> key,
        CancellationToken cancellationToken)
    {
        const int Told = 5;
        var columns = key.Append(column).Select(name => Quote(name)).ToList();
        var rows = await QueryAsync($"SELECT {string.Join(", ", columns)} FROM {Quote(table, schema)} WHERE {condition} LIMIT {Told + 1}", cancellationToken);
        if (rows.Count == 0)
        {
            return;
        }

        var names = rows.Take(Told).Select(row =>
        {
            var name = key.Count == 0 ? "a row" : $"{string.Join(", ", key)} {string.Join(", ", row.SkipLast(1).Select(Show))}";
            return row[^1] is null ? name : $"{name} ({Show(row[^1])})";
        });
        throw new CommandException(
            $"{table}.{column}: {because}: {string.Join(", ", names)}{(rows.Count > Told ? ", ..." : "")}. Put them right first. Nothing was changed.");
    }

    public static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"'{(text.Length > 40 ? $"{text[..(char.IsHighSurrogate(text[39]) ? 39 : 40)]}..." : text)}'",
        byte[] bytes => $"{bytes.Length} bytes",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>Creates a command on the connection and in the transaction of the run.</summary>
    public DbCommand Command(string sql = "")
    {
        var command = connection!.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.CommandTimeout = context.Database.GetCommandTimeout() ?? command.CommandTimeout;
        return command;
    }
}
