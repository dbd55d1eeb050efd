using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Adoption;

/// <summary>Names a kind of database that can be adopted.</summary>
internal enum AdoptedKind
{
    Sqlite,
    Postgres,
    MySql,
}

/// <summary>Describes a database of a Flask application in the terms of the project that is written for it.</summary>
internal sealed record AdoptedSchema(AdoptedKind Kind, IReadOnlyList<AdoptedTable> Tables, AdoptedAccount? Account)
{
    /// <summary>Gets what was read and not understood, or needs a decision, a sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Gets the tables that nothing was written for.</summary>
    public List<string> LeftAlone { get; } = [];

    /// <summary>Gets where Flask kept the tokens that it revoked.</summary>
    public RevocationList Revocation => RevocationList.Find(this);

    /// <summary>Returns the column that says whose a row is; null where nobody owns the rows.</summary>
    public AdoptedColumn? OwnerOf(AdoptedTable table)
    {
        if (Account is null || table == Account.Table)
        {
            return null;
        }

        var owners = table.References.Where(reference => reference.Principal == Account.Table.Name && reference.Columns is [{ Type: "int" }])
            .Select(reference => reference.Columns[0]).ToList();
        return owners.Find(column => column.Name is "user_id" or "owner_id" or "author_id" or "created_by" or "account_id")
            ?? owners.FirstOrDefault();
    }
}

/// <summary>Describes a table.</summary>
/// <param name="Name">Its name in the database.</param>
/// <param name="Entity">The class of a row.</param>
/// <param name="Set">The property of the context.</param>
/// <param name="Folder">The folder and namespace of its files.</param>
internal sealed record AdoptedTable(string Name, string Entity, string Set, string Folder)
{
    public required IReadOnlyList<AdoptedColumn> Columns { get; init; }

    public required IReadOnlyList<AdoptedColumn> Key { get; init; }

    public required IReadOnlyList<AdoptedIndex> Indexes { get; init; }

    public required IReadOnlyList<AdoptedReference> References { get; init; }

    /// <summary>Gets whether the database gives new rows their key.</summary>
    public bool IsKeyGenerated => Key is [{ Type: "int" or "long" } key] && !References.Any(reference => reference.Columns.Contains(key));

    /// <summary>Gets the columns that a request or a response may have. A key that the database gives is no secret.</summary>
    public IEnumerable<AdoptedColumn> Shown => Columns.Where(column => !column.IsSecret || (IsKeyGenerated && Key.Contains(column)));

    /// <summary>Gets the path of the blueprint.</summary>
    public string Path => "/" + string.Concat(Name.ToLowerInvariant().Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'));

    /// <summary>Gets the column that is set when a row is added.</summary>
    public AdoptedColumn? Created => Stamp("created_at", "created", "created_on", "date_created", "creation_date", "timestamp");

    /// <summary>Gets the column that is set whenever a row changes.</summary>
    public AdoptedColumn? Updated => Stamp("updated_at", "updated", "updated_on", "date_updated", "modified_at", "modified", "last_modified");

    private AdoptedColumn? Stamp(params string[] names) =>
        Columns.FirstOrDefault(column => column.Type == "DateTimeOffset" && names.Contains(column.Name, StringComparer.OrdinalIgnoreCase));
}

/// <summary>Describes a column.</summary>
/// <param name="Name">Its name in the database.</param>
/// <param name="Property">The property of the row.</param>
/// <param name="Member">The member of requests and responses.</param>
/// <param name="Type">The C# type, without the mark of null.</param>
/// <param name="IsNullable">Whether it may be null.</param>
internal sealed record AdoptedColumn(string Name, string Property, string Member, string Type, bool IsNullable)
{
    private static readonly string[] SecretWords =
        ["password", "passwd", "hash", "token", "secret", "otp", "salt", "api_key", "apikey", "private"];

    public int? MaxLength { get; init; }

    public bool IsFixedLength { get; init; }

    /// <summary>Gets precision and scale, as the attribute takes them.</summary>
    public string? Precision { get; init; }

    /// <summary>Gets the type of the column where the C# type does not imply it.</summary>
    public string? ColumnType { get; init; }

    /// <summary>Gets whether the column keeps an instant without saying that it is in UTC.</summary>
    public bool IsLocalTime { get; init; }

    /// <summary>Gets whether the name is that of a secret. A yes or no is none.</summary>
    public bool IsSecret => Type != "bool" && SecretWords.Any(word => Name.Contains(word, StringComparison.OrdinalIgnoreCase));

    public bool IsValue => Type is not ("string" or "byte[]");

    public string Declared => IsNullable ? $"{Type}?" : Type;
}

/// <summary>Describes an index, or a unique constraint, which EF Core knows as one.</summary>
internal sealed record AdoptedIndex(string? Name, IReadOnlyList<AdoptedColumn> Columns, bool IsUnique);

/// <summary>Describes a foreign key to the primary key of another table.</summary>
internal sealed record AdoptedReference(string? Name, IReadOnlyList<AdoptedColumn> Columns, string Principal, ReferentialAction OnDelete);

/// <summary>Describes the table whose rows are the accounts. What is null there is added by the second migration.</summary>
internal sealed record AdoptedAccount(AdoptedTable Table, AdoptedColumn? Username, AdoptedColumn? Email, AdoptedColumn Password, AdoptedColumn? Role)
{
    /// <summary>Gets the columns that decide what an account may do: no request writes them.</summary>
    public IReadOnlyList<AdoptedColumn> Privileges => [.. Table.Columns.Where(column => column == Role || column.Type == "bool")];

    /// <summary>Gets the columns that only an admin's request writes.</summary>
    public IReadOnlyList<AdoptedColumn> Administered =>
    [
        .. Table.Shown.Except([.. Table.Key, .. Privileges])
            .Where(column => column != Username && column != Email && column != Password && column != Table.Created && column != Table.Updated),
    ];

    /// <summary>Gets the column that lets an account sign in.</summary>
    public AdoptedColumn? Active => Flag("is_active", "active", "enabled", "is_enabled");

    /// <summary>Gets the column that makes an account an admin.</summary>
    public AdoptedColumn? Admin => Flag("is_admin", "admin", "is_superuser");

    private AdoptedColumn? Flag(params string[] names) => Table.Columns.FirstOrDefault(column => column.Type == "bool" && names.Contains(column.Name));
}

/// <summary>Holds a file of the project that is written.</summary>
/// <param name="Path">Its path in the project.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Path, string Text);
