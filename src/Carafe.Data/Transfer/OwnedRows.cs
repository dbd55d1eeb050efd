using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Transfer;

/// <summary>
/// Selects one row and every row that belongs to it: the rows that would be deleted with it. A reference of a table to itself is not followed.
/// </summary>
internal sealed class OwnedRows
{
    private readonly ISqlGenerationHelper _sql;
    private readonly ITable _table;
    private readonly string _condition;

    private OwnedRows(ISqlGenerationHelper sql, ITable table, string condition) => (_sql, _table, _condition) = (sql, table, condition);

    /// <summary>Reads which row is meant.</summary>
    /// <param name="context">A context of the app.</param>
    /// <param name="text">The table and the key: <c>users=7</c>.</param>
    /// <exception cref="CommandException">There is no such table, or it has no key of this kind.</exception>
    public static OwnedRows Parse(DbContext context, string text)
    {
        var (name, value) = text.Split('=', 2) is [var before, var after] ? (before, after)
            : throw new CommandException($"'{text}' names no row. Give a table and a key, such as users=7.");
        var tables = context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables.Where(table => !table.IsExcludedFromMigrations).ToList();
        var table = tables.FirstOrDefault(table => table.Name == name)
            ?? throw new CommandException($"There is no table {name}. Give one of {string.Join(", ", tables.Select(other => other.Name).Order())}.");
        if (table.PrimaryKey?.Columns is not [{ PropertyMappings: [var mapping, ..] } key])
        {
            throw new CommandException($"The key of {name} has several columns. Give a row of another table.");
        }

        var sql = context.GetService<ISqlGenerationHelper>();
        var literal = mapping.TypeMapping.GenerateSqlLiteral(Key(mapping.Property.ClrType, text, value));
        return new OwnedRows(sql, table, $"{sql.DelimitIdentifier(key.Name)} = {literal}");
    }

    /// <summary>Returns the condition on the rows of a table; null where none of them belong to the row.</summary>
    public string? Condition(TransferTable table) => Condition(table.Name, table.Schema, []);

    // A table that stands above in the same chain is left out: the rows there belong to others.
    private string? Condition(string name, string? schema, IReadOnlyList<ITableBase> below)
    {
        if (name == _table.Name && schema == _table.Schema)
        {
            return _condition;
        }

        var table = _table.Model.FindTable(name, schema)!;
        var conditions = table.ForeignKeyConstraints
            .Where(key => key.OnDeleteAction == ReferentialAction.Cascade && key.PrincipalTable != table && !below.Contains(key.PrincipalTable))
            .Select(key => Condition(key.PrincipalTable.Name, key.PrincipalTable.Schema, [.. below, table]) is { } condition
                ? $"({Names(key.Columns)}) IN (SELECT {Names(key.PrincipalColumns)} "
                    + $"FROM {_sql.DelimitIdentifier(key.PrincipalTable.Name, key.PrincipalTable.Schema)} WHERE {condition})"
                : null)
            .OfType<string>().ToList();
        return conditions.Count == 0 ? null : string.Join(" OR ", conditions);
    }

    private string Names(IEnumerable<IColumn> columns) => string.Join(", ", columns.Select(column => _sql.DelimitIdentifier(column.Name)));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Keys have types with converters of the platform.")]
    private static object Key(Type type, string text, string value)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, value)!;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            throw new CommandException($"'{text}' names no row: '{value}' is not a key of type {type.Name}.");
        }
    }
}
