namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>A column of a CREATE TABLE statement: its name and its definition, clause by clause.</summary>
internal sealed class TableColumn
{
    private static readonly string[] Starts = ["CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED",
        "AS"];

    private readonly List<Clause> _clauses;
    private readonly string _nameAndType;

    private TableColumn(string name, string nameAndType, List<Clause> clauses)
    {
        Name = name;
        _nameAndType = nameAndType;
        _clauses = clauses;
    }

    public string Name { get; }

    public bool IsGenerated => _clauses.Any(clause => clause.Kind is "GENERATED" or "AS");

    public bool IsRequired => _clauses.Any(clause => clause.Kind == "NOT");

    public bool HasDefault => _clauses.Any(clause => clause.Kind == "DEFAULT");

    public bool IsPrimaryKey => _clauses.Any(clause => clause.Kind == "PRIMARY");

    public string Definition => string.Join(' ', [_nameAndType, .. _clauses.Select(clause => clause.Text)]);

    public static TableColumn Parse(string definition)
    {
        var tokens = SqlTokens.Read(definition);
        var starts = Enumerable.Range(1, tokens.Count - 1).Where(i => IsStart(tokens, i)).ToList();
        var clauses = starts.Select((start, i) =>
        {
            var last = (i + 1 < starts.Count ? starts[i + 1] : tokens.Count) - 1;
            var named = tokens[start].Is("CONSTRAINT");
            return new Clause(
                tokens[named && start + 2 <= last ? start + 2 : start].Text,
                named ? Word(definition, tokens[start + 1]) : null,
                definition[tokens[start].Start..tokens[last].End]);
        }).ToList();
        var end = starts.Count > 0 ? tokens[starts[0] - 1].End : tokens[^1].End;
        return new TableColumn(Word(definition, tokens[0]), definition[tokens[0].Start..end], clauses);
    }

    /// <summary>The column with another type, nullability, default and collation, and with the keys, checks and references that it has.</summary>
    /// <param name="definition">What EF writes for the new column.</param>
    /// <param name="keepDefault">Whether the default stays, as the change does not speak of it.</param>
    /// <param name="keepCollation">Whether the collation stays.</param>
    public TableColumn Alter(string definition, bool keepDefault, bool keepCollation)
    {
        var altered = Parse(definition);
        string[] kept =
        [
            "PRIMARY", "UNIQUE", "CHECK", "REFERENCES",
            .. keepDefault && !altered.HasDefault && !altered.IsGenerated ? new[] { "DEFAULT" } : [],
            .. keepCollation && !altered._clauses.Any(clause => clause.Kind == "COLLATE") ? new[] { "COLLATE" } : [],
        ];
        return new TableColumn(Name, altered._nameAndType, [.. altered._clauses, .. _clauses.Where(clause => kept.Contains(clause.Kind))]);
    }

    public TableColumn WithoutPrimaryKey() => Without(clause => clause.Kind == "PRIMARY");

    public TableColumn WithoutConstraint(string name) => Without(clause => string.Equals(clause.Name, name, StringComparison.OrdinalIgnoreCase));

    public bool HasConstraint(string name) => _clauses.Any(clause => string.Equals(clause.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The column as the primary key of its table.</summary>
    public TableColumn WithPrimaryKey(string? name, bool autoincrement) => new(
        Name,
        _nameAndType,
        [
            .. _clauses.Where(clause => clause.Kind != "PRIMARY"),
            new Clause("PRIMARY", name,
                $"{(name is null ? "" : $"CONSTRAINT {SqliteTable.Quote(name)} ")}PRIMARY KEY{(autoincrement ? " AUTOINCREMENT" : "")}"),
        ]);

    /// <summary>Returns the column with another default.</summary>
    public TableColumn WithDefault(string value) =>
        new(Name, _nameAndType, [.. _clauses.Where(clause => clause.Kind != "DEFAULT"), new Clause("DEFAULT", null, $"DEFAULT {value}")]);

    /// <summary>The column with or without the mark that SQLite never gives a key out again.</summary>
    public TableColumn WithAutoincrement(bool autoincrement) =>
        _clauses.FirstOrDefault(clause => clause.Kind == "PRIMARY") is { } key ? WithPrimaryKey(key.Name, autoincrement) : this;

    private TableColumn Without(Func<Clause, bool> unwanted) => new(Name, _nameAndType, [.. _clauses.Where(clause => !unwanted(clause))]);

    private static string Word(string text, SqlToken token) =>
        token.Kind == SqlTokenKind.Word ? text[token.Start..token.End] : token.Kind == SqlTokenKind.Text ? token.Text.Trim('\'') : token.Text;

    private static bool IsStart(List<SqlToken> tokens, int i)
    {
        var (token, before) = (tokens[i], tokens[i - 1]);
        return token.Depth == 0 && token.IsOneOf(Starts) && !(token.Text switch
        {
            "NULL" => before.IsOneOf("NOT", "DEFAULT", "SET"),
            "DEFAULT" => before.Is("SET"),
            "NOT" => i + 1 < tokens.Count && tokens[i + 1].Is("DEFERRABLE"),
            "AS" => before.Is("ALWAYS"),
            // The name of a constraint, and what follows it.
            _ => false,
        }) && !before.Is("CONSTRAINT") && !(i > 1 && tokens[i - 2].Is("CONSTRAINT"));
    }

    private sealed record Clause(string Kind, string? Name, string Text);
}
