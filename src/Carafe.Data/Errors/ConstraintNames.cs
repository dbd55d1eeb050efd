using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Errors;

/// <summary>Finds the JSON names of the members that an index or a foreign key is made of.</summary>
internal static class ConstraintNames
{
    public static IReadOnlyList<string> Members(DatabaseError fault, IModel model, JsonSerializerOptions json)
    {
        var properties = fault.Columns.Count > 0 ? ByColumns(fault, model) : ByConstraint(fault, model);
        return [.. properties.Select(property => Name(property, json))];
    }

    private static IEnumerable<IProperty> ByColumns(DatabaseError fault, IModel model)
    {
        var table = model.GetRelationalModel().Tables.FirstOrDefault(table => table.Name == fault.Table);
        return fault.Columns.Select(column => table?.FindColumn(column)?.PropertyMappings[0].Property).OfType<IProperty>();
    }

    private static IEnumerable<IProperty> ByConstraint(DatabaseError fault, IModel model)
    {
        var tables = model.GetRelationalModel().Tables.Where(table => fault.Table is null || table.Name == fault.Table).ToList();
        return tables.SelectMany(table => table.Indexes).FirstOrDefault(index => index.Name == fault.Constraint)?.MappedIndexes.First().Properties
            ?? tables.SelectMany(table => table.UniqueConstraints).FirstOrDefault(key => key.Name == fault.Constraint)?.MappedKeys.First().Properties
            ?? tables.SelectMany(table => table.ForeignKeyConstraints).FirstOrDefault(key => key.Name == fault.Constraint)?.MappedForeignKeys.First().Properties
            ?? [];
    }

    public static string Name(IProperty property, JsonSerializerOptions json) =>
        property.PropertyInfo?.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? json.PropertyNamingPolicy?.ConvertName(property.Name) ?? property.Name;
}
