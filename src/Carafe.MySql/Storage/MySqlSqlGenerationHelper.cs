using System.Text;

namespace Carafe.MySql.Storage;

/// <summary>Quotes identifiers with backticks, which every <c>sql_mode</c> reads alike.</summary>
internal sealed class MySqlSqlGenerationHelper(RelationalSqlGenerationHelperDependencies dependencies) : RelationalSqlGenerationHelper(dependencies)
{
    public override string EscapeIdentifier(string identifier) => identifier.Replace("`", "``", StringComparison.Ordinal);

    public override void EscapeIdentifier(StringBuilder builder, string identifier) => builder.Append(EscapeIdentifier(identifier));

    public override string DelimitIdentifier(string identifier) => $"`{EscapeIdentifier(identifier)}`";

    public override void DelimitIdentifier(StringBuilder builder, string identifier) => builder.Append(DelimitIdentifier(identifier));

    // A schema is a database here, and the connection has one.
    public override string DelimitIdentifier(string name, string? schema) => DelimitIdentifier(name);

    public override void DelimitIdentifier(StringBuilder builder, string name, string? schema) => DelimitIdentifier(builder, name);

    // "--" needs a blank behind it, and a comment that begins with "!" or "M!" between /* */ would be run.
    public override string GenerateComment(string text)
    {
        var builder = new StringBuilder();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            builder.Append("-- ").AppendLine(line);
        }

        return builder.ToString();
    }
}
