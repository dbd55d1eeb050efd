using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>Holds what a model's migrations contain whatever the database.</summary>
internal sealed class NeutralModel(IModel model)
{
    /// <summary>Returns whether the app chose the type itself; such a type is kept. A JSON column has no property, and its provider's type.</summary>
    public bool KeepsType(ColumnOperation column) =>
        model.ColumnOf(column.Table ?? "", column.Name ?? "", column.Schema) is { PropertyMappings: [{ Property: var property }, ..] } && KeepsType(property);

    public static bool KeepsType(IReadOnlyProperty property) => property.FindAnnotation(RelationalAnnotationNames.ColumnType) is not null;
}
