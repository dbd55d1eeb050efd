namespace Carafe.Data.Adoption;

/// <summary>Finds the list of tokens that Flask revoked, which the guide of Flask-JWT-Extended keeps by their <c>jti</c>.</summary>
/// <param name="Table">The table; null when there is none, or doubt.</param>
/// <param name="Column">Its column.</param>
/// <param name="Doubt">Why nobody can tell which it is; then no token of Flask is accepted.</param>
internal sealed record RevocationList(AdoptedTable? Table, AdoptedColumn? Column, string? Doubt)
{
    public static RevocationList Find(AdoptedSchema schema)
    {
        var holders = schema.Tables.Where(table => Jti(table) is not null).ToList();
        var others = schema.Tables.Except(holders).Select(table => table.Name).Concat(schema.LeftAlone)
            .Where(name => IsNamed(name) && Has(name, "token", "jwt", "list", "revok")).ToList();
        if (others.Count > 0)
        {
            return new RevocationList(null, null, $"{string.Join(", ", others)} may be the list of revoked tokens, and has no key or no column jti");
        }

        if (holders.Count == 0)
        {
            return new RevocationList(null, null, null);
        }

        return holders.FindAll(table => IsNamed(table.Name)) is [var list] && Jti(list) is { Type: "string" } column
            && column.Name.Equals("jti", StringComparison.OrdinalIgnoreCase)
            ? new RevocationList(list, column, null)
            : new RevocationList(
                null, null, $"names and types do not tell where revoked tokens are ({string.Join(", ", holders.Select(table => table.Name))})");
    }

    private static AdoptedColumn? Jti(AdoptedTable table) => table.Columns.FirstOrDefault(column => Has(column.Name, "jti"));

    private static bool IsNamed(string table) => Has(table, "block", "revok", "denied", "denylist", "deny_list", "blacklist", "black_list");

    private static bool Has(string name, params string[] words) => words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
