using Carafe.MySql.Infrastructure;
using Carafe.MySql.Metadata;
using Carafe.MySql.Storage;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.MySql.Migrations;

/// <summary>Writes the statements of migrations.</summary>
internal sealed partial class MySqlMigrationsSqlGenerator(MigrationsSqlGeneratorDependencies dependencies, MySqlServer server)
    : MigrationsSqlGenerator(dependencies)
{
    private ISqlGenerationHelper Sql => Dependencies.SqlGenerationHelper;

    public override IReadOnlyList<MigrationCommand> Generate(
        IReadOnlyList<MigrationOperation> operations, IModel? model = null, MigrationsSqlGenerationOptions options = MigrationsSqlGenerationOptions.Default) =>
        base.Generate(MySqlOperationOrder.Sort(operations), model, options);

    protected override void Generate(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        var types = operation.Columns.Where(column => column.ComputedColumnSql is null).ToDictionary(column => column.Name, column => TypeOf(column, model));
        MySqlLimits.CheckRow(operation.Name, types.Select(column => (column.Key, column.Value)));
        foreach (var (name, columns) in operation.UniqueConstraints.Select(key => (key.Name, key.Columns))
            .Append(($"the primary key of {operation.Name}", operation.PrimaryKey?.Columns ?? [])))
        {
            MySqlLimits.CheckKey(name, columns.Select(column => (column, types.GetValueOrDefault(column))));
        }

        base.Generate(operation, model, builder, terminate: false);
        if (operation.Comment is { } comment)
        {
            builder.Append(" COMMENT ").Append(MySqlLiterals.Comment(comment));
        }

        End(builder, terminate);
    }

    protected override void CreateTableConstraints(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        base.CreateTableConstraints(operation, model, builder);
        // A generated column has to come first in an index.
        if (operation.Columns.FirstOrDefault(IsGenerated) is { } generated && operation.PrimaryKey?.Columns[0] != generated.Name
            && !operation.UniqueConstraints.Any(key => key.Columns[0] == generated.Name))
        {
            builder.AppendLine(",").Append("KEY (").Append(Sql.DelimitIdentifier(generated.Name)).Append(")");
        }
    }

    protected override void Generate(AlterTableOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        if (operation.Comment != operation.OldTable.Comment)
        {
            builder.Append("ALTER TABLE ").Append(Sql.DelimitIdentifier(operation.Name)).Append(" COMMENT ")
                .Append(MySqlLiterals.Comment(operation.Comment ?? ""));
            End(builder);
        }
    }

    protected override void Generate(AlterColumnOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        var table = Sql.DelimitIdentifier(operation.Table);
        if (operation.OldColumn.IsNullable && !operation.IsNullable && (operation.DefaultValue is not null || operation.DefaultValueSql is not null))
        {
            var name = Sql.DelimitIdentifier(operation.Name);
            builder.Append("UPDATE ").Append(table).Append(" SET ").Append(name).Append(" = ")
                .Append(operation.DefaultValueSql is { } sql ? $"({sql})" : Literal(operation.DefaultValue!, TypeOf(operation, model)))
                .Append(" WHERE ").Append(name).Append(" IS NULL");
            End(builder);
        }

        builder.Append("ALTER TABLE ").Append(table).Append(" ");
        // MariaDB changes no column into a calculated one: it is dropped and made again, in one statement, by which its indexes stay. One that was stored
        // becomes a plain one and keeps its values.
        var isFreed = operation.ComputedColumnSql is null && operation.OldColumn.IsStored is true;
        if (!isFreed
            && (operation.ComputedColumnSql != operation.OldColumn.ComputedColumnSql || operation.IsStored != operation.OldColumn.IsStored))
        {
            builder.Append("DROP COLUMN ").Append(Sql.DelimitIdentifier(operation.Name)).Append(", ADD COLUMN ");
        }
        else
        {
            builder.Append("MODIFY COLUMN ");
        }

        ColumnDefinition(operation.Schema, operation.Table, operation.Name, operation, model, builder);
        End(builder);
    }

    protected override void Generate(RenameColumnOperation operation, IModel? model, MigrationCommandListBuilder builder) =>
        Rename("COLUMN", operation.Table, operation.Name, operation.NewName, builder);

    protected override void Generate(RenameIndexOperation operation, IModel? model, MigrationCommandListBuilder builder) =>
        Rename("INDEX", operation.Table ?? throw new NotSupportedException($"The index {operation.Name} cannot be renamed: its table is not known."),
            operation.Name, operation.NewName, builder);

    protected override void Generate(RenameTableOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        if (operation.NewName is { } name && name != operation.Name)
        {
            builder.Append("ALTER TABLE ").Append(Sql.DelimitIdentifier(operation.Name)).Append(" RENAME ").Append(Sql.DelimitIdentifier(name));
            End(builder);
        }
    }

    protected override void Generate(CreateIndexOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        var table = model?.GetRelationalModel().FindTable(operation.Table, operation.Schema);
        MySqlLimits.CheckKey(operation.Name, operation.Columns.Select(column => (column, table?.FindColumn(column)?.StoreType)));
        base.Generate(operation, model, builder, terminate: false);
        End(builder, terminate);
    }

    // Without a filter an index that is not unique only has more rows, and a unique one has as many NULLs as there are.
    protected override void IndexOptions(MigrationOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        if (operation is CreateIndexOperation { IsUnique: true, Filter: { } filter } index
            && !index.Columns.Any(column => filter.Trim().Trim('(', ')').Replace("\"", "`", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal)
                .Equals($"{column} IS NOT NULL", StringComparison.OrdinalIgnoreCase)))
        {
            throw new NotSupportedException($"The unique index {index.Name} has the filter '{filter}', and MySQL and MariaDB have no filtered indexes.");
        }
    }

    protected override void Generate(DropIndexOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true) =>
        DropIndex(operation.Name, operation.Table, builder, terminate);

    protected override void Generate(DropUniqueConstraintOperation operation, IModel? model, MigrationCommandListBuilder builder) =>
        DropIndex(operation.Name, operation.Table, builder, terminate: true);

    protected override void Generate(DropPrimaryKeyOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        builder.Append("ALTER TABLE ").Append(Sql.DelimitIdentifier(operation.Table)).Append(" DROP PRIMARY KEY");
        End(builder, terminate);
    }

    // A schema is a database here. All tables are in the one of the connection.
    protected override void Generate(EnsureSchemaOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
    }

    protected override void Generate(DropSchemaOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
    }

    protected override void Generate(CreateSequenceOperation operation, IModel? model, MigrationCommandListBuilder builder) =>
        throw new NotSupportedException($"The sequence {operation.Name} cannot be created: MySQL has no sequences.");

    protected override void ForeignKeyAction(ReferentialAction referentialAction, MigrationCommandListBuilder builder)
    {
        if (referentialAction == ReferentialAction.SetDefault)
        {
            throw new NotSupportedException("ON DELETE SET DEFAULT is not supported: the server's tables do not have it.");
        }

        base.ForeignKeyAction(referentialAction, builder);
    }

    protected override void ColumnDefinition(
        string? schema, string table, string name, ColumnOperation operation, IModel? model, MigrationCommandListBuilder builder)
    {
        var type = TypeOf(operation, model);
        builder.Append(Sql.DelimitIdentifier(name)).Append(" ").Append(type);
        if (operation.Collation is { } collation)
        {
            builder.Append(" COLLATE ").Append(collation);
        }
        else if (MySqlColumnTypes.IsText(type))
        {
            builder.Append(" CHARACTER SET utf8mb4 COLLATE ").Append(server.Version.TextCollation);
        }

        if (operation.ComputedColumnSql is { } computed)
        {
            builder.Append(" GENERATED ALWAYS AS (").Append(computed).Append(operation.IsStored == true ? ") STORED" : ") VIRTUAL");
        }
        else
        {
            builder.Append(operation.IsNullable ? " NULL" : " NOT NULL");
            builder.Append(IsGenerated(operation) ? " AUTO_INCREMENT" : Default(operation, type));
        }

        if (operation.Comment is { } comment)
        {
            builder.Append(" COMMENT ").Append(MySqlLiterals.Comment(comment));
        }
    }

    private static bool IsGenerated(ColumnOperation column) => column[MySqlAnnotationNames.Autoincrement] is true;

    // An expression where MySQL takes no constant: for long texts, documents and bytes.
    private string Default(ColumnOperation column, string type) =>
        column.IsRowVersion && type.StartsWith("timestamp", StringComparison.Ordinal) ? " DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"
        : column.DefaultValueSql is { } sql ? $" DEFAULT ({sql})"
        : column.DefaultValue is not { } value ? ""
        : MySqlColumnTypes.IsLong(type) ? $" DEFAULT ({Literal(value, type)})"
        : $" DEFAULT {Literal(value, type)}";

    private string Literal(object value, string type) =>
        (Dependencies.TypeMappingSource.FindMapping(value.GetType(), type) ?? Dependencies.TypeMappingSource.GetMappingForValue(value))
        .GenerateSqlLiteral(value);

    private string TypeOf(ColumnOperation column, IModel? model) =>
        column.ColumnType ?? GetColumnType(column.Schema, column.Table, column.Name, column, model)!;

    private void Rename(string what, string table, string name, string newName, MigrationCommandListBuilder builder)
    {
        builder.Append("ALTER TABLE ").Append(Sql.DelimitIdentifier(table)).Append($" RENAME {what} ").Append(Sql.DelimitIdentifier(name))
            .Append(" TO ").Append(Sql.DelimitIdentifier(newName));
        End(builder);
    }

    private void DropIndex(string name, string? table, MigrationCommandListBuilder builder, bool terminate)
    {
        builder.Append("DROP INDEX ").Append(Sql.DelimitIdentifier(name)).Append(" ON ").Append(Sql.DelimitIdentifier(
            table ?? throw new NotSupportedException($"The index {name} cannot be dropped: its table is not known.")));
        End(builder, terminate);
    }

    private void End(MigrationCommandListBuilder builder, bool terminate = true)
    {
        if (terminate)
        {
            builder.AppendLine(Sql.StatementTerminator);
            EndStatement(builder);
        }
    }
}
