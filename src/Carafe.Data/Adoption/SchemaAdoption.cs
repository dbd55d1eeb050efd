using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;

namespace Carafe.Data.Adoption;

/// <summary>Decides what the tables of a database become: classes, keys, accounts and owners.</summary>
internal sealed class SchemaAdoption(DatabaseReading reading, AdoptedNames names, Func<string, string> singular, Func<string, string> plural)
{
    private readonly List<string> _notes = [];
    private readonly List<string> _unknown = [];
    private readonly List<string> _leftAlone = [];

    /// <summary>Reads a database.</summary>
    /// <exception cref="CommandException">A column has a type that nobody knows.</exception>
    public async Task<AdoptedSchema> ReadAsync(DatabaseModel model)
    {
        DatabaseNames.Require(model);
        var partial = await reading.PartialIndexesAsync();
        var tables = new List<AdoptedTable>();
        foreach (var table in model.Tables.Where(table => table.Name != "alembic_version").OrderBy(table => table.Name, StringComparer.Ordinal))
        {
            if (table is DatabaseView || table.PrimaryKey is null)
            {
                _notes.Add($"{table.Name} {(table is DatabaseView ? "is a view" : "has no primary key")}: it is left alone, and nothing was written for it.");
                _leftAlone.Add(table.Name);
                continue;
            }

            tables.Add(await ReadAsync(table, partial));
        }

        _unknown.AddRange(from column in await reading.ColumnsAsync()
                          let table = model.Tables.FirstOrDefault(table => table.Name == column.Table)
                          where table is not null and not DatabaseView && table.Columns.All(other => other.Name != column.Name)
                          select $"{column.Table}.{column.Name} is {column.Type}");
        if (_unknown.Count > 0)
        {
            throw new CommandException(
                $"Types that 'db adopt' does not know: {CSharpText.Line(string.Join(", ", _unknown))}. "
                + "Give each column a common type in Flask first, such as varchar for an enum. Nothing was written.");
        }

        if (tables.Count == 0)
        {
            throw new CommandException("The database has no table but alembic_version. Run 'flask db upgrade' first. Nothing was written.");
        }

        tables = [.. tables.Select(table => WithReferences(table, model, tables))];
        var schema = new AdoptedSchema(reading.Kind!.Value, tables, FindAccount(tables));
        schema.Notes.AddRange(_notes.Select(CSharpText.Line));
        schema.LeftAlone.AddRange(_leftAlone);
        new AdoptionNotes(schema).Add();
        return schema;
    }

    private async Task<AdoptedTable> ReadAsync(DatabaseTable table, IReadOnlySet<string> partial)
    {
        var (entity, set, folder) = names.Table(table.Name, singular, plural);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var columns = new List<AdoptedColumn>();
        foreach (var column in table.Columns)
        {
            if (column.ComputedColumnSql is not null)
            {
                _notes.Add($"{table.Name}.{column.Name} is computed by the database: it is not in the models.");
            }
            else if (AdoptedTypes.Find(column, AdoptedNames.Column(column.Name, entity, taken), reading.Kind!.Value) is { } found)
            {
                found = found with { IsNullable = found.IsNullable && table.PrimaryKey?.Columns.Contains(column) != true };
                columns.Add(found.Type == "int" && await reading.HasLargeAsync(table.Name, column.Name) ? found with { Type = "long" } : found);
                Note(table, column, found);
            }
            else
            {
                _unknown.Add($"{table.Name}.{column.Name} is {(string.IsNullOrEmpty(column.StoreType) ? "of no type" : column.StoreType)}");
            }
        }

        return new AdoptedTable(table.Name, entity, set, folder)
        {
            Columns = columns,
            Key = Find(columns, table.PrimaryKey!.Columns) ?? [],
            Indexes =
            [
                .. Indexes(table, columns, partial),
                .. table.UniqueConstraints.Select(unique => (unique.Name, Columns: Find(columns, unique.Columns)))
                    .Where(unique => unique.Columns is not null).Select(unique => new AdoptedIndex(unique.Name, unique.Columns!, true)),
            ],
            References = [],
        };
    }

    private void Note(DatabaseTable table, DatabaseColumn column, AdoptedColumn found)
    {
        if (found.ColumnType?.StartsWith("json", StringComparison.Ordinal) == true)
        {
            _notes.Add($"{table.Name}.{column.Name} holds JSON: requests and responses have it as text.");
        }

        if (column.DefaultValueSql is { Length: > 0 } value && !value.Contains("nextval(", StringComparison.Ordinal))
        {
            _notes.Add($"{table.Name}.{column.Name} has the default {value} in the database: the models do not know it, and requests give a value.");
        }
    }

    private IEnumerable<AdoptedIndex> Indexes(DatabaseTable table, List<AdoptedColumn> columns, IReadOnlySet<string> partial)
    {
        foreach (var index in table.Indexes)
        {
            if (index.Filter is null && !partial.Contains(index.Name ?? "") && index.Columns.Count > 0 && Find(columns, index.Columns) is { } found)
            {
                yield return new AdoptedIndex(index.Name, found, index.IsUnique);
            }
            else
            {
                _notes.Add($"The index {index.Name} of {table.Name} has a condition or an expression: it stays, and the models do not know it.");
            }
        }
    }

    private AdoptedTable WithReferences(AdoptedTable table, DatabaseModel model, List<AdoptedTable> tables)
    {
        var references = new List<AdoptedReference>();
        foreach (var key in model.Tables.Single(other => other.Name == table.Name).ForeignKeys)
        {
            var principal = tables.Find(other => other.Name == key.PrincipalTable.Name);
            if (principal is not null && Find([.. table.Columns], key.Columns) is { } columns
                && key.PrincipalColumns.Select(column => column.Name).SequenceEqual(principal.Key.Select(column => column.Name))
                && columns.Select(column => column.Type).SequenceEqual(principal.Key.Select(column => column.Type)))
            {
                references.Add(new AdoptedReference(
                    string.IsNullOrEmpty(key.Name) ? null : key.Name, columns, principal.Name, key.OnDelete ?? ReferentialAction.NoAction));
            }
            else
            {
                _notes.Add($"The foreign key of {table.Name} ({string.Join(", ", key.Columns.Select(column => column.Name))}) is not to the primary key of a " +
                    $"table that was adopted: it stays in the database, and the models do not know it.");
            }
        }

        return table with { References = references };
    }

    private static List<AdoptedColumn>? Find(List<AdoptedColumn> columns, IList<DatabaseColumn> wanted)
    {
        List<AdoptedColumn> found = [.. wanted.Select(column => columns.Find(other => other.Name == column?.Name)).OfType<AdoptedColumn>()];
        return found.Count == wanted.Count ? found : null;
    }

    // Names as the guides of Flask have them, the likeliest first.
    private static AdoptedAccount? FindAccount(List<AdoptedTable> tables) =>
        (from table in tables
         where table.Key is [{ Type: "int" }] && table.IsKeyGenerated
         let password = Text(table, "password_hash", "password", "hashed_password", "pwd_hash", "passwd", "pw_hash", "_password", "_password_hash")
         let email = Text(table, "email", "email_address", "mail")
         let username = Text(table, "username", "user_name", "login", "name", "nickname", "handle", "display_name", "full_name")
         where password is not null && (email is not null || username is not null)
         orderby table.Name is "users" or "user" ? 0 : table.Name is "accounts" or "account" ? 1 : 2
         select new AdoptedAccount(table, username, email, password, Text(table, "role"))).FirstOrDefault() is { } account
            ? account with { Table = Renamed(account, tables) } is var named ? Relinked(named) : null
            : null;

    private static AdoptedColumn? Text(AdoptedTable table, params string[] names) =>
        names.Select(name => table.Columns.FirstOrDefault(column => column.Type == "string" && column.Name == name))
            .FirstOrDefault(column => column is not null);

    // The kit's interface names the properties; requests and responses keep the names of the columns.
    private static AdoptedTable Renamed(AdoptedAccount account, List<AdoptedTable> tables)
    {
        var wanted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (column, property) in new[]
        {
            (account.Username, "Username"), (account.Email, "Email"), (account.Password, "PasswordHash"), (account.Role, "Role"),
            (account.Table.Key[0], "Id"),
        })
        {
            if (column is not null)
            {
                wanted[column.Name] = property;
            }
        }

        AdoptedColumn Rename(AdoptedColumn column) => column with
        {
            Property = wanted.TryGetValue(column.Name, out var property) ? property
                : wanted.ContainsValue(column.Property) || column.Property is "DisabledAt" or "Role" or "Username" or "Email" ? $"{column.Property}Value"
                : column.Property,
        };
        var table = account.Table with
        {
            Columns = [.. account.Table.Columns.Select(Rename)],
            Key = [.. account.Table.Key.Select(Rename)],
            Indexes = [.. account.Table.Indexes.Select(index => index with { Columns = [.. index.Columns.Select(Rename)] })],
            References = [.. account.Table.References.Select(reference => reference with { Columns = [.. reference.Columns.Select(Rename)] })],
        };
        tables[tables.IndexOf(account.Table)] = table;
        return table;
    }

    private static AdoptedAccount Relinked(AdoptedAccount account)
    {
        AdoptedColumn? In(AdoptedColumn? column) => column is null ? null : account.Table.Columns.Single(other => other.Name == column.Name);
        return account with { Username = In(account.Username), Email = In(account.Email), Password = In(account.Password)!, Role = In(account.Role) };
    }
}
