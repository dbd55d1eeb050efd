using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Migrations;

/// <summary>Writes the snapshot of the model without the types of one database. What EF derives itself is written as usual.</summary>
internal sealed class NeutralSnapshotGenerator(AnnotationCodeGeneratorDependencies dependencies) : AnnotationCodeGenerator(dependencies)
{
    public override IReadOnlyList<MethodCallCodeFragment> GenerateFluentApiCalls(IProperty property, IDictionary<string, IAnnotation> annotations)
    {
        if (!NeutralModel.KeepsType(property))
        {
            annotations.Remove(RelationalAnnotationNames.ColumnType);
        }

        // The model says it once for all keys, but for those that refer to another table, of which EF expects none.
        if (!property.IsForeignKey())
        {
            annotations.Remove("Npgsql:ValueGenerationStrategy");
        }

        annotations.Remove("Sqlite:Autoincrement");
        return base.GenerateFluentApiCalls(property, annotations);
    }

    public override IReadOnlyList<MethodCallCodeFragment> GenerateFluentApiCalls(IEntityType entityType, IDictionary<string, IAnnotation> annotations)
    {
        annotations.Remove(RelationalAnnotationNames.ContainerColumnType);
        return base.GenerateFluentApiCalls(entityType, annotations);
    }

    public override IReadOnlyList<MethodCallCodeFragment> GenerateFluentApiCalls(IComplexType complexType, IDictionary<string, IAnnotation> annotations)
    {
        annotations.Remove(RelationalAnnotationNames.ContainerColumnType);
        return base.GenerateFluentApiCalls(complexType, annotations);
    }
}
