using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>What is said of a model in its migrations whatever the database.</summary>
internal sealed class NeutralModel(IModel model)
{
    /// <summary>A type that the app chose itself stays. A JSON column has no property, and its provider's type.</summary>
    public bool KeepsType(ColumnOperation column) =>
        model.ColumnOf(column.Table ?? "", column.Name ?? "", column.Schema) is { PropertyMappings: [{ Property: var property }, ..] } && KeepsType(property);

    public static bool KeepsType(IReadOnlyProperty property) => property.FindAnnotation(RelationalAnnotationNames.ColumnType) is not null;
}
