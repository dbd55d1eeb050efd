using System.Globalization;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Adoption;

/// <summary>Writes the classes of rows and the context.</summary>
/// <param name="project">The namespace.</param>
/// <param name="schema">The tables.</param>
/// <param name="isBefore">Whether the model is that of the database as it is, without what accounts need.</param>
internal sealed class EntityWriter(string project, AdoptedSchema schema, bool isBefore)
{
    /// <summary>The class of accounts where the database has none.</summary>
    public const string NewAccount = "AppUser";

    // In full: a table or a column may be called roles.
    private const string UserRole = "global::Carafe.Auth.Roles.User";

    public IEnumerable<SourceFile> Write() =>
        schema.Tables.Select(table => new SourceFile($"{table.Folder}/{table.Entity}.cs", Entity(table))).Append(new SourceFile("AppDb.cs", Context()));

    private string Entity(AdoptedTable table)
    {
        var isAccount = table == schema.Account?.Table && !isBefore;
        var attributes = new List<string>();
        if (!AdoptedNames.IsConventional(table.Name, table.Set))
        {
            attributes.Add($"[Table({CSharpText.Literal(table.Name)})]");
        }

        if (table.Key.Count > 1)
        {
            attributes.Add($"[PrimaryKey({string.Join(", ", table.Key.Select(column => $"nameof({column.Property})"))})]");
        }

        var properties = table.Columns.Select(column => Property(table, column, isAccount)).Concat(isAccount ? Added() : []);
        var usings = NeedsSchema(table) ? "using System.ComponentModel.DataAnnotations.Schema;\n\n" : "";
        return $$"""
            {{usings}}namespace {{project}}.{{table.Folder}};

            /// <summary>Represents a row of {{CSharpText.Comment(table.Name)}}.</summary>
            {{string.Concat(attributes.Select(attribute => attribute + "\n"))}}public sealed class {{table.Entity}}{{(isAccount ? " : IAccount" : "")}}
            {
            {{string.Join("\n\n", properties)}}
            }

            """;
    }

    private static bool NeedsSchema(AdoptedTable table) =>
        !AdoptedNames.IsConventional(table.Name, table.Set)
        || table.Columns.Any(column => column.ColumnType is not null || !AdoptedNames.IsConventional(column.Name, column.Property));

    private string Property(AdoptedTable table, AdoptedColumn column, bool isAccount)
    {
        var attributes = new List<string>();
        if (table.Key is [var key] && key == column && column.Property != "Id")
        {
            attributes.Add("Key");
        }

        if (!AdoptedNames.IsConventional(column.Name, column.Property) || column.ColumnType is not null)
        {
            var parts = new[]
            {
                AdoptedNames.IsConventional(column.Name, column.Property) ? null : CSharpText.Literal(column.Name),
                column.ColumnType is null ? null : $"TypeName = {CSharpText.Literal(column.ColumnType)}",
            };
            attributes.Add($"Column({string.Join(", ", parts.OfType<string>())})");
        }

        if (column is { Type: "string", MaxLength: { } length })
        {
            // The kit's hashes are longer than some columns of Flask: the second migration widens them.
            length = isAccount && column.Property == "PasswordHash" ? Math.Max(length, 128) : length;
            attributes.Add(string.Create(CultureInfo.InvariantCulture, $"MaxLength({length})"));
        }

        if (column.Precision is { } precision)
        {
            attributes.Add($"Precision({precision})");
        }

        var head = attributes.Count == 0 ? "" : $"    [{string.Join(", ", attributes)}]\n";
        var isKits = isAccount && column.Property is "Username" or "Email" or "PasswordHash" or "Role";
        return head + (isKits && column.IsNullable ? $"    public string {column.Property} {{ get => field ?? \"\"; set; }}"
            : isKits ? $"    public string {column.Property} {{ get; set; }} = {(column.Property == "Role" ? UserRole : "\"\"")};"
            : column.IsNullable || column.IsValue ? $"    public {column.Declared} {column.Property} {{ get; set; }}{Initial(column)}"
            // A request of the account gives none of them.
            : isAccount ? $"    public {column.Declared} {column.Property} {{ get; set; }} = {(column.Type == "string" ? "\"\"" : "[]")};"
            : $"    public required {column.Declared} {column.Property} {{ get; set; }}");
    }

    // Who registers may sign in.
    private string Initial(AdoptedColumn column) => column == schema.Account?.Active && !isBefore ? " = true;" : "";

    private IEnumerable<string> Added()
    {
        var account = schema.Account!;
        if (account.Username is null)
        {
            yield return "    [MaxLength(254)]\n    public string Username { get => field.Length > 0 ? field : Email; set; } = \"\";";
        }

        if (account.Email is null)
        {
            yield return "    [MaxLength(254)]\n    public string Email { get => field.Length > 0 ? field : Username; set; } = \"\";";
        }

        if (account.Role is null)
        {
            yield return "    [MaxLength(20)]\n    public string Role { get; set; } = " + UserRole + ";";
        }

        yield return "    public DateTimeOffset? DisabledAt { get; set; }";
    }

    private IEnumerable<(string Property, string Value)> AddedDefaults()
    {
        var account = schema.Account!;
        if (account.Username is null || account.Email is null)
        {
            yield return (account.Username is null ? "Username" : "Email", "\"\"");
        }

        if (account.Role is null)
        {
            yield return ("Role", UserRole);
        }
    }

    private string Context()
    {
        var user = schema.Account?.Table.Entity ?? NewAccount;
        var sets = schema.Tables.Select(table => $"    public DbSet<{table.Entity}> {table.Set} => Set<{table.Entity}>();").ToList();
        var lines = new List<string>();
        if (!isBefore)
        {
            lines.AddRange([$"        model.ConfigureAuth<{user}>();", $"        model.ConfigureFlaskTokens<{user}>();"]);
            if (schema.Account is null)
            {
                sets.Add($"    public DbSet<{user}> AppUsers => Set<{user}>();");
            }
        }

        lines.AddRange(schema.Tables.Select(Configure).Where(text => text.Length > 0));
        var folders = schema.Tables.Select(table => $"{project}.{table.Folder}");
        folders = isBefore || schema.Account is not null ? folders : folders.Append($"{project}.Auth");
        var usings = folders.Distinct().Order(StringComparer.Ordinal).Select(name => $"using {name};\n");
        var local = schema.Tables.Any(table => table.Columns.Any(column => column.IsLocalTime));
        var keys = !isBefore ? "" : """


                protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
                    configurationBuilder.Conventions.Remove(typeof(Microsoft.EntityFrameworkCore.Metadata.Conventions.ForeignKeyIndexConvention));
            """;
        var converter = !local ? "" : """
                // SQLAlchemy kept these times in UTC without saying so.
                private static readonly Microsoft.EntityFrameworkCore.Storage.ValueConversion.ValueConverter<DateTimeOffset, DateTime> Unmarked = new(
                    time => DateTime.SpecifyKind(time.UtcDateTime, DateTimeKind.Unspecified),
                    time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)));


            """;
        return $$"""
            {{string.Concat(usings)}}
            namespace {{project}};

            /// <summary>Holds the tables.</summary>
            public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
            {
            {{converter}}{{string.Join("\n\n", sets)}}

                protected override void OnModelCreating(ModelBuilder model)
                {
            {{string.Join("\n", lines)}}
                }{{keys}}
            }

            """;
    }

    private string Configure(AdoptedTable table)
    {
        var isAccount = table == schema.Account?.Table && !isBefore;
        var lines = table.Columns
            .Where(column => column.IsLocalTime || column.IsFixedLength
                || (isAccount && column.IsNullable && column.Property is "Username" or "Email" or "PasswordHash" or "Role" && column.Type == "string"))
            .Select(column => $"row.Property(r => r.{column.Property}){(column.IsLocalTime ? ".HasConversion(Unmarked)" : "")}"
                + $"{(column.IsFixedLength ? ".IsFixedLength()" : "")}"
                + $"{(isAccount && column is { IsNullable: true, Type: "string" } ? ".IsRequired(false)" : "")};")
            .ToList();
        if (isAccount)
        {
            // Flask goes on adding rows, and knows nothing of these columns.
            lines.AddRange(AddedDefaults().Select(added => $"row.Property(r => r.{added.Property}).HasDefaultValue({added.Value});"));
        }

        lines.AddRange(table.Indexes.Select(index =>
            $"row.HasIndex(r => {Columns(index.Columns)}){(index.IsUnique ? ".IsUnique()" : "")}{Name("HasDatabaseName", index.Name)};"));
        lines.AddRange(table.References.Select(reference =>
        {
            var principal = schema.Tables.Single(other => other.Name == reference.Principal);
            return $"row.HasOne<{principal.Entity}>().WithMany().HasForeignKey(r => {Columns(reference.Columns)}).OnDelete(DeleteBehavior.{Delete(reference)})"
                + $"{Name("HasConstraintName", reference.Name)};";
        }));
        return lines.Count == 0 ? "" : $$"""
                    model.Entity<{{table.Entity}}>(row =>
                    {
            {{string.Join("\n", lines.Select(line => $"            {line}"))}}
                    });
            """;
    }

    // SQLite names what has no name.
    private static string Name(string method, string? name) =>
        string.IsNullOrEmpty(name) || name.StartsWith("sqlite_autoindex", StringComparison.Ordinal) ? "" : $".{method}({CSharpText.Literal(name)})";

    private static string Columns(IReadOnlyList<AdoptedColumn> columns) =>
        columns is [var only] ? $"r.{only.Property}" : $"new {{ {string.Join(", ", columns.Select(column => $"r.{column.Property}"))} }}";

    private static string Delete(AdoptedReference reference) => reference.OnDelete switch
    {
        ReferentialAction.Cascade => "Cascade",
        ReferentialAction.SetNull => "SetNull",
        ReferentialAction.Restrict => "Restrict",
        _ => "NoAction",
    };
}
