using System.Globalization;

namespace Carafe.Data.Adoption;

/// <summary>Writes what comes in and goes out, a record for each.</summary>
internal sealed class ContractWriter(string project, AdoptedSchema schema)
{
    // Text without a length in the database has one here: nobody fills the disk with one request.
    private const int LongText = 100_000;

    /// <summary>Returns the columns that a request for a new row has.</summary>
    public static IReadOnlyList<AdoptedColumn> Inserted(AdoptedSchema schema, AdoptedTable table) =>
    [
        .. table.Shown.Where(column => !(table.IsKeyGenerated && table.Key.Contains(column)) && column != schema.OwnerOf(table)
            && column != table.Created && column != table.Updated && !IsOfAccount(schema, table, column)),
    ];

    /// <summary>Returns whether a request can give a new row what it needs: a secret that must be there is in none.</summary>
    public static bool CanInsert(AdoptedSchema schema, AdoptedTable table) =>
        table.Columns.Except(table.Shown).All(column => column.IsNullable || column == schema.OwnerOf(table));

    /// <summary>Returns the columns that a request for a change has.</summary>
    public static IReadOnlyList<AdoptedColumn> Changed(AdoptedSchema schema, AdoptedTable table) =>
        [.. Inserted(schema, table).Where(column => !table.Key.Contains(column))];

    /// <summary>Returns the record of a request for a new row; null when there is nothing to give.</summary>
    public static string? NewRequest(AdoptedSchema schema, AdoptedTable table) =>
        Inserted(schema, table) is not { Count: > 0 } inserted ? null
        : inserted.Count == Changed(schema, table).Count ? $"{table.Entity}Request" : $"New{table.Entity}Request";

    /// <summary>Returns the record of a request for a change; null when nothing may change.</summary>
    public static string? Request(AdoptedSchema schema, AdoptedTable table) => Changed(schema, table).Count > 0 ? $"{table.Entity}Request" : null;

    public IEnumerable<SourceFile> Write() =>
        schema.Tables.Select(table => new SourceFile(
            $"{table.Folder}/{table.Entity}Contracts.cs", table == schema.Account?.Table ? Account(table) : Table(table)));

    /// <summary>Returns the parameter of a record for a column.</summary>
    public static string Parameter(AdoptedSchema schema, AdoptedColumn column)
    {
        var attribute = column == schema.Account?.Email ? "[property: Email] "
            : column.Type == "string"
                ? string.Create(CultureInfo.InvariantCulture,
                    $"[property: TextLength({(column == schema.Account?.Username ? 1 : 0)}, {column.MaxLength ?? LongText})] ")
            : "";
        return $"{attribute}{column.Declared} {column.Member}{(column.IsNullable ? " = null" : "")}";
    }

    /// <summary>Returns parameters, those with a default last.</summary>
    public static IEnumerable<AdoptedColumn> Sorted(IEnumerable<AdoptedColumn> columns) => columns.OrderBy(column => column.IsNullable);

    /// <summary>Returns the record of an admin's request for a change of an account; null when there is nothing that only an admin writes.</summary>
    public static string? AdminRequest(AdoptedSchema schema, AdoptedTable table) =>
        schema.Account is { Administered.Count: > 0 } account && table == account.Table ? $"{table.Entity}AdminRequest" : null;

    // Who registers gives a name, an address and a password, and may change no more.
    private static bool IsOfAccount(AdoptedSchema schema, AdoptedTable table, AdoptedColumn column) =>
        schema.Account is { } account && table == account.Table && column != account.Username && column != account.Email;

    private string Table(AdoptedTable table)
    {
        var (created, changed) = (NewRequest(schema, table), Request(schema, table));
        var requests = new List<string>();
        if (created is not null && created != changed && CanInsert(schema, table))
        {
            requests.Add($$"""

                /// <summary>What is given for a new row of {{CSharpText.Comment(table.Name)}}.</summary>
                public sealed record {{created}}({{Parameters(Inserted(schema, table))}});

                """);
        }

        if (changed is not null)
        {
            requests.Add(Request(table, changed, Changed(schema, table)));
        }

        return $$"""
            using System.Linq.Expressions;

            namespace {{project}}.{{table.Folder}};

            /// <summary>A row of {{CSharpText.Comment(table.Name)}}.</summary>
            [ListName({{CSharpText.Literal(table.Name)}})]
            public sealed record {{table.Entity}}Response({{string.Join(", ", table.Shown.Select(column => $"{column.Declared} {column.Member}"))}})
            {
                public static readonly Expression<Func<{{table.Entity}}, {{table.Entity}}Response>> FromRow =
                    row => new {{table.Entity}}Response({{Values(table.Shown)}});

                public static {{table.Entity}}Response From({{table.Entity}} row) => new({{Values(table.Shown)}});
            }
            {{string.Concat(requests)}}
            """;
    }

    private string Account(AdoptedTable table)
    {
        var account = schema.Account!;
        var open = table.Shown.Where(column => table.Key.Contains(column) || column == account.Username || column == table.Created).ToList();
        var own = table.Shown.Except(open).Where(column => column != account.Password).ToList();
        var properties = own.Select(column => $$"""

                [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
                public {{column.Type}}? {{column.Member}} { get; init; }

            """);
        string Init(string condition)
        {
            var end = condition.Length > 0 ? " : null" : "";
            var lines = own.Select(column => $"            {column.Member} = {condition}{Cast(column)}row.{column.Property}{end},\n");
            return own.Count == 0 ? "" : $"\n        {{\n{string.Concat(lines)}        }}";
        }

        var self = own.Count == 0 ? "" : "\n        var (id, isAdmin) = (me.Id, me.IsAdmin);";
        var request = Request(schema, table) is { } name ? Request(table, name, Changed(schema, table)) : "";
        request += AdminRequest(schema, table) is { } admin ? Request(table, admin, account.Administered) : "";
        return $$"""
            using System.Linq.Expressions;
            using System.Text.Json.Serialization;

            namespace {{project}}.{{table.Folder}};

            /// <summary>An account as others see it; the rest is there for the account itself and for admins only.</summary>
            [ListName({{CSharpText.Literal(table.Name)}})]
            public sealed record {{table.Entity}}Response({{string.Join(", ", open.Select(column => $"{column.Declared} {column.Member}"))}})
            {{{string.Concat(properties)}}
                public static Expression<Func<{{table.Entity}}, {{table.Entity}}Response>> SeenBy(CurrentUser me)
                {{{self}}
                    return row => new {{table.Entity}}Response({{Values(open)}}){{Init("isAdmin || row.Id == id ? ")}};
                }

                /// <summary>As the account sees itself.</summary>
                public static {{table.Entity}}Response From({{table.Entity}} row) =>
                    new({{Values(open)}}){{Init("")}};
            }
            {{request}}
            """;
    }

    private string Request(AdoptedTable table, string name, IReadOnlyList<AdoptedColumn> columns) => $$"""

        /// <summary>What is given for a row of {{CSharpText.Comment(table.Name)}}.</summary>
        public sealed record {{name}}({{Parameters(columns)}})
        {
            public void CopyTo({{table.Entity}} row)
            {
        {{string.Join("\n", columns.Select(column => $"        row.{column.Property} = {column.Member};"))}}
            }
        }

        """;

    private string Parameters(IEnumerable<AdoptedColumn> columns) =>
        string.Concat(Sorted(columns).Select((column, i) => $"{(i > 0 ? "," : "")}\n    {Parameter(schema, column)}"));

    private static string Values(IEnumerable<AdoptedColumn> columns) => string.Join(", ", columns.Select(column => $"row.{column.Property}"));

    private static string Cast(AdoptedColumn column) => column is { IsValue: true, IsNullable: false } ? $"({column.Type}?)" : "";
}
