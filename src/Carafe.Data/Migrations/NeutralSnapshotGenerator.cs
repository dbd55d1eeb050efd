using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Migrations;

/// <summary>Writes the snapshot of the model without the types of one database. What EF knows by itself is written as usual.</summary>
internal sealed class NeutralSnapshotGenerator(AnnotationCodeGeneratorDependencies dependencies, NeutralModel neutral) : AnnotationCodeGenerator(dependencies)
{
    public override IReadOnlyList<MethodCallCodeFragment> GenerateFluentApiCalls(IProperty property, IDictionary<string, IAnnotation> annotations)
    {
        if (!NeutralModel.KeepsType(property))
        {
            annotations.Remove(RelationalAnnotationNames.ColumnType);
        }

        // The model says it once for all keys.
        foreach (var mark in neutral.KeyAnnotations.Keys)
        {
            annotations.Remove(mark);
        }

        return base.GenerateFluentApiCalls(property, annotations);
    }
}
