using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Providers;

/// <summary>Finds columns of a model by their names in the database.</summary>
internal static class ModelColumns
{
    public static IColumn? ColumnOf(this IModel? model, string table, string column, string? schema = null) =>
        model?.GetRelationalModel().FindTable(table, schema)?.FindColumn(column);

    /// <summary>Returns the columns by which people name a row.</summary>
    public static IReadOnlyList<string> KeyOf(this IModel? model, string table, string? schema = null) =>
        model?.GetRelationalModel().FindTable(table, schema)?.PrimaryKey is { } key ? [.. key.Columns.Select(column => column.Name)] : [];
}
