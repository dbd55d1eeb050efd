using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>
/// Writes migrations that hold for every database: no column types, which each provider then chooses from the C# type and its length and precision, and one
/// mark for generated keys, in whose place each provider puts its own.
/// </summary>
internal sealed class NeutralOperationGenerator(CSharpMigrationOperationGeneratorDependencies dependencies, NeutralModel neutral)
    : CSharpMigrationOperationGenerator(dependencies)
{
    public override void Generate(string builderName, IReadOnlyList<MigrationOperation> operations, IndentedStringBuilder builder)
    {
        foreach (var operation in operations)
        {
            Neutralise(operation);
        }

        base.Generate(builderName, operations, builder);
    }

    private void Neutralise(MigrationOperation operation)
    {
        switch (operation)
        {
            case CreateTableOperation table:
                table.Columns.ForEach(Neutralise);
                break;
            case AlterColumnOperation alter:
                Neutralise((ColumnOperation)alter);
                Neutralise(alter.OldColumn);
                break;
            case ColumnOperation column:
                Neutralise(column);
                break;
        }
    }

    private void Neutralise(ColumnOperation column)
    {
        if (!neutral.KeepsType(column))
        {
            column.ColumnType = null;
        }

        GeneratedKey.Neutralise(column);
    }
}
