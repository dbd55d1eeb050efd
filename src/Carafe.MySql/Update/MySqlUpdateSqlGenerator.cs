using System.Text;
using Carafe.MySql.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;

namespace Carafe.MySql.Update;

/// <summary>
/// Writes INSERT, UPDATE and DELETE. What the server generates is returned by INSERT itself where it can do that, and read behind it where not.
/// </summary>
internal sealed class MySqlUpdateSqlGenerator(UpdateSqlGeneratorDependencies dependencies, MySqlServer server) : UpdateAndSelectSqlGenerator(dependencies)
{
    public override ResultSetMapping AppendInsertOperation(
        StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction)
    {
        if (command.ColumnModifications.All(column => !column.IsRead) || server.Version.HasReturning)
        {
            return AppendInsertReturningOperation(commandStringBuilder, command, commandPosition, out requiresTransaction);
        }

        return AppendInsertAndSelectOperation(commandStringBuilder, command, commandPosition, out requiresTransaction);
    }

    public override string GenerateNextSequenceValueOperation(string name, string? schema) =>
        throw new NotSupportedException("Sequences are not supported: MySQL has none.");

    protected override void AppendValuesHeader(StringBuilder commandStringBuilder, IReadOnlyList<IColumnModification> operations)
    {
        commandStringBuilder.AppendLine();
        commandStringBuilder.Append(operations.Count > 0 ? "VALUES " : "() VALUES ()");
    }

    protected override void AppendIdentityWhereCondition(StringBuilder commandStringBuilder, IColumnModification columnModification)
    {
        SqlGenerationHelper.DelimitIdentifier(commandStringBuilder, columnModification.ColumnName);
        commandStringBuilder.Append(" = LAST_INSERT_ID()");
    }

    protected override ResultSetMapping AppendSelectAffectedCountCommand(StringBuilder commandStringBuilder, string name, string? schema, int commandPosition)
    {
        commandStringBuilder.Append("SELECT ROW_COUNT()").AppendLine(SqlGenerationHelper.StatementTerminator).AppendLine();
        return ResultSetMapping.LastInResultSet | ResultSetMapping.ResultSetWithRowsAffectedOnly;
    }

    protected override void AppendRowsAffectedWhereCondition(StringBuilder commandStringBuilder, int expectedRowsAffected) =>
        commandStringBuilder.Append("ROW_COUNT() = ").Append(expectedRowsAffected);

    // One property inside a JSON document. Without JSON_EXTRACT a part of a document would be stored as text.
    protected override void AppendUpdateColumnValue(
        ISqlGenerationHelper updateSqlGeneratorHelper, IColumnModification columnModification, StringBuilder stringBuilder, string name, string? schema)
    {
        if (columnModification.JsonPath is null or "$")
        {
            base.AppendUpdateColumnValue(updateSqlGeneratorHelper, columnModification, stringBuilder, name, schema);
            return;
        }

        var isDocument = columnModification.Property is not { IsPrimitiveCollection: false } property || MySqlModificationCommand.IsBoolean(property);
        stringBuilder.Append("JSON_SET(");
        updateSqlGeneratorHelper.DelimitIdentifier(stringBuilder, columnModification.ColumnName);
        stringBuilder.Append(", ").Append(Storage.MySqlLiterals.Text(columnModification.JsonPath)).Append(", ");
        stringBuilder.Append(isDocument ? "JSON_EXTRACT(" : "");
        base.AppendUpdateColumnValue(updateSqlGeneratorHelper, columnModification, stringBuilder, name, schema);
        stringBuilder.Append(isDocument ? ", '$'))" : ")");
    }
}
