namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>
/// A table as the database has it: its CREATE TABLE statement, taken apart so that single columns and constraints can be changed and the rest stays.
/// </summary>
internal sealed class SqliteTable
{
    private static readonly string[] ConstraintStarts = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

    private readonly string _options;

    private SqliteTable(string name, List<TableColumn> columns, List<string> constraints, string options)
    {
        Name = name;
        Columns = columns;
        Constraints = constraints;
        _options = options;
    }

    public string Name { get; }

    public List<TableColumn> Columns { get; }

    /// <summary>The constraints of the table, as they are written.</summary>
    public List<string> Constraints { get; }

    public bool HasRowId => !_options.Contains("WITHOUT", StringComparison.OrdinalIgnoreCase);

    public static SqliteTable Parse(string name, string sql)
    {
        var tokens = SqlTokens.Read(sql);
        var open = tokens.FindIndex(token => token is { Text: "(", Kind: SqlTokenKind.Sign });
        var close = tokens.FindIndex(open + 1, token => token is { Text: ")", Kind: SqlTokenKind.Sign, Depth: 0 });
        var (columns, constraints) = (new List<TableColumn>(), new List<string>());
        for (var first = open + 1; first < close;)
        {
            var end = tokens.FindIndex(first, token => token is { Text: ",", Kind: SqlTokenKind.Sign, Depth: 1 });
            end = end < 0 || end > close ? close : end;
            var text = sql[tokens[first].Start..tokens[end - 1].End];
            if (tokens[first].IsOneOf(ConstraintStarts))
            {
                constraints.Add(text);
            }
            else
            {
                columns.Add(TableColumn.Parse(text));
            }

            first = end + 1;
        }

        return new SqliteTable(name, columns, constraints, close + 1 < tokens.Count ? sql[tokens[close + 1].Start..tokens[^1].End].TrimEnd(';') : "");
    }

    /// <summary>The statement that makes the table under another name.</summary>
    public string Create(string name) =>
        $"CREATE TABLE {Quote(name)} (\n    " +
            $"{string.Join(",\n    ", Columns.Select(column => column.Definition).Concat(Constraints))}\n){(_options.Length > 0 ? $" {_options}" : "")}";

    public TableColumn? Find(string column) => Columns.FirstOrDefault(known => known.Name.Equals(column, StringComparison.OrdinalIgnoreCase));

    public void Replace(string column, Func<TableColumn, TableColumn> change)
    {
        var at = Columns.FindIndex(known => known.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
        if (at < 0)
        {
            throw new CommandException($"The migration changes {Name}.{column}, which the database does not have. Nothing was changed.");
        }

        Columns[at] = change(Columns[at]);
    }

    /// <summary>Removes a constraint of the table or of a column by its name.</summary>
    public void RemoveConstraint(string name)
    {
        var removed = Constraints.RemoveAll(constraint => SqlTokens.Read(constraint) is [{ Text: "CONSTRAINT" }, var named, ..]
            && string.Equals(constraint[named.Start..named.End].Trim('"', '`', '[', ']', '\''), name, StringComparison.OrdinalIgnoreCase));
        for (var i = 0; i < Columns.Count; i++)
        {
            removed += Columns[i].HasConstraint(name) ? 1 : 0;
            Columns[i] = Columns[i].WithoutConstraint(name);
        }

        if (removed == 0)
        {
            throw new CommandException($"The migration drops the constraint {name} of {Name}, which the database does not have. Nothing was changed.");
        }
    }

    public void RemovePrimaryKey()
    {
        Constraints.RemoveAll(constraint =>
            SqlTokens.Read(constraint) is [{ Text: "PRIMARY", Kind: SqlTokenKind.Word }, ..] or [{ Text: "CONSTRAINT" }, _, { Text: "PRIMARY" }, ..]);
        for (var i = 0; i < Columns.Count; i++)
        {
            Columns[i] = Columns[i].WithoutPrimaryKey();
        }
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
