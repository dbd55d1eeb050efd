using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>What is said of a model in its migrations whatever the database.</summary>
internal sealed class NeutralModel(IModel model, IEnumerable<DatabaseProvider> providers)
{
    /// <summary>How the providers mark a key that the database generates.</summary>
    public IReadOnlyDictionary<string, object> KeyAnnotations { get; } =
        providers.Select(provider => provider.GeneratedKey).OfType<KeyValuePair<string, object>>().DistinctBy(mark => mark.Key).ToDictionary();

    public bool IsGenerated(ColumnOperation column) => column.GetAnnotations().Any(annotation => KeyAnnotations.ContainsKey(annotation.Name));

    /// <summary>A type that the app chose itself stays.</summary>
    public bool KeepsType(ColumnOperation column) => Find(column) is { } property && KeepsType(property);

    public static bool KeepsType(IReadOnlyProperty property) => property.FindAnnotation(RelationalAnnotationNames.ColumnType) is not null;

    private IProperty? Find(ColumnOperation column) =>
        model.GetRelationalModel().FindTable(column.Table, column.Schema)?.FindColumn(column.Name)?.PropertyMappings[0].Property;
}
