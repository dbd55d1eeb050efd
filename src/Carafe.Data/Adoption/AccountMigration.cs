using System.Text.RegularExpressions;

namespace Carafe.Data.Adoption;

/// <summary>Completes the migration that adds what accounts need: who was shut out stays out, and who was an admin stays one.</summary>
internal sealed partial class AccountMigration(AdoptedSchema schema)
{
    public void Complete(string file)
    {
        var statements = Statements().Select(sql => $"            migrationBuilder.Sql({CSharpText.Literal(sql)});\n").ToList();
        if (statements.Count == 0)
        {
            return;
        }

        var text = File.ReadAllText(file);
        var end = EndOfUp().Match(text);
        File.WriteAllText(file, text.Insert(end.Success ? end.Index + 1 : throw new InvalidOperationException($"{file} has no Down."),
            $"\n{string.Concat(statements)}"));
    }

    private IEnumerable<string> Statements()
    {
        if (schema.Account is not { } account)
        {
            yield break;
        }

        var table = Quote(account.Table.Name);
        if (account.Username is null)
        {
            yield return $"UPDATE {table} SET username = {Quote(account.Email!.Name)}";
        }

        if (account.Email is null)
        {
            yield return $"UPDATE {table} SET email = {Quote(account.Username!.Name)}";
        }

        if (account.Active is { } active)
        {
            yield return $"UPDATE {table} SET disabled_at = CURRENT_TIMESTAMP WHERE {Quote(active.Name)} = FALSE";
        }

        if (account is { Admin: { } admin, Role: null })
        {
            yield return $"UPDATE {table} SET role = 'admin' WHERE {Quote(admin.Name)} = TRUE";
        }
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"\n        \}\s+(/// <inheritdoc />\s+)?protected override void Down")]
    private static partial Regex EndOfUp();
}
