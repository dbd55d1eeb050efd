using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.MySql.Migrations;

/// <summary>Writes changes of primary keys.</summary>
internal sealed partial class MySqlMigrationsSqlGenerator
{
    protected override void Generate(MigrationOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        if (operation is not MySqlKeyOperation key)
        {
            base.Generate(operation, model, builder);
            return;
        }

        builder.Append("ALTER TABLE ").Append(Sql.DelimitIdentifier(key.Table));
        var separator = " ";
        if (key.DropsKey)
        {
            Next("DROP PRIMARY KEY");
        }

        foreach (var column in key.DroppedColumns)
        {
            Next("DROP COLUMN ");
            builder.Append(Sql.DelimitIdentifier(column.Name));
        }

        foreach (var column in key.AddedColumns)
        {
            Next("ADD COLUMN ");
            ColumnDefinition(column.Schema, column.Table, column.Name, column, model, builder);
        }

        if (key.AddedKey is { } added)
        {
            Next("ADD ");
            PrimaryKeyConstraint(added, model, builder);
        }

        foreach (var column in key.AlteredColumns)
        {
            Next("MODIFY COLUMN ");
            ColumnDefinition(column.Schema, column.Table, column.Name, column, model, builder);
        }

        End(builder);

        void Next(string part)
        {
            builder.Append(separator).Append(part);
            separator = ", ";
        }
    }
}
