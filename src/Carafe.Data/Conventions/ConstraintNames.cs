using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Conventions;

/// <summary>Finds the JSON names of the members of an index or a foreign key.</summary>
internal static partial class ConstraintNames
{
    public static IReadOnlyList<string> Members(DatabaseError error, IModel model, JsonSerializerOptions json)
    {
        var properties = error.Columns.Count > 0 ? ByColumns(error, model) : ByConstraint(error, model);
        return [.. properties.Select(property => Name(property, json))];
    }

    /// <summary>Returns the members that a check mentions.</summary>
    /// <param name="error">The violation.</param>
    /// <param name="model">The model with its checks, which the one that requests are served with does not have.</param>
    /// <param name="json">How members are named.</param>
    public static IReadOnlyList<string> Checked(DatabaseError error, IModel model, JsonSerializerOptions json)
    {
        var tables = model.GetRelationalModel().Tables.Where(table => error.Table is null || table.Name == error.Table).ToList();
        var check = tables.SelectMany(table => table.CheckConstraints).FirstOrDefault(check => check.Name == error.Constraint);
        // SQLite names a check without a name by its text.
        var words = Words().Matches(check?.Sql ?? error.Constraint ?? "").Select(match => match.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var columns = (check is null ? tables : tables.Where(table => table.CheckConstraints.Contains(check))).SelectMany(table => table.Columns);
        return [.. columns.Where(column => words.Contains(column.Name) && column.PropertyMappings.Any())
            .Select(column => Name(column.PropertyMappings[0].Property, json)).Distinct()];
    }

    [GeneratedRegex(@"[\w$]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    private static IEnumerable<IProperty> ByColumns(DatabaseError error, IModel model)
    {
        var table = model.GetRelationalModel().Tables.FirstOrDefault(table => table.Name == error.Table);
        return error.Columns.Select(column => table?.FindColumn(column)?.PropertyMappings[0].Property).OfType<IProperty>();
    }

    private static IEnumerable<IProperty> ByConstraint(DatabaseError error, IModel model)
    {
        var tables = model.GetRelationalModel().Tables.Where(table => error.Table is null || table.Name == error.Table).ToList();
        return tables.SelectMany(table => table.Indexes).FirstOrDefault(index => index.Name == error.Constraint)?.MappedIndexes.First().Properties
            ?? tables.SelectMany(table => table.UniqueConstraints).FirstOrDefault(key => key.Name == error.Constraint)?.MappedKeys.First().Properties
            ?? tables.SelectMany(table => table.ForeignKeyConstraints).FirstOrDefault(key => key.Name == error.Constraint)?.MappedForeignKeys.First().Properties
            ?? [];
    }

    public static string Name(IProperty property, JsonSerializerOptions json) =>
        property.PropertyInfo?.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? json.PropertyNamingPolicy?.ConvertName(property.Name) ?? property.Name;
}
