using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>The SQL that EF writes for single columns and constraints.</summary>
internal sealed class SqliteDefinitions(DbContext context, IModel? model)
    : SqliteMigrationsSqlGenerator(context.GetService<MigrationsSqlGeneratorDependencies>(), context.GetService<IRelationalAnnotationProvider>())
{
    public string Column(string table, string name, ColumnOperation operation) =>
        Text(builder => ColumnDefinition(operation.Schema, table, name, operation, model, builder));

    public string Constraint(MigrationOperation operation) => Text(builder =>
    {
        switch (operation)
        {
            case AddForeignKeyOperation reference:
                ForeignKeyConstraint(reference, model, builder);
                break;
            case AddPrimaryKeyOperation key:
                PrimaryKeyConstraint(key, model, builder);
                break;
            case AddUniqueConstraintOperation unique:
                UniqueConstraint(unique, model, builder);
                break;
            case AddCheckConstraintOperation check:
                CheckConstraint(check, model, builder);
                break;
        }
    });

    /// <summary>A value as it stands in SQL.</summary>
    public string Literal(object value, string type) =>
        (Dependencies.TypeMappingSource.FindMapping(value.GetType(), type) ?? Dependencies.TypeMappingSource.GetMappingForValue(value))
            .GenerateSqlLiteral(value);

    public string TypeOf(ColumnOperation operation) =>
        operation.ColumnType ?? GetColumnType(operation.Schema, operation.Table, operation.Name, operation, model);

    /// <summary>The statements of an operation for which no table is made anew.</summary>
    public IEnumerable<string> Statements(MigrationOperation operation) => Generate([operation], model).Select(command => command.CommandText);

    private string Text(Action<MigrationCommandListBuilder> write)
    {
        var builder = new MigrationCommandListBuilder(Dependencies);
        write(builder);
        builder.EndCommand();
        return builder.GetCommandList()[0].CommandText.Trim();
    }
}
