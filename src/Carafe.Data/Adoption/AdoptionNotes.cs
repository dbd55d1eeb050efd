namespace Carafe.Data.Adoption;

/// <summary>Says what somebody has to decide, because a database does not tell it.</summary>
internal sealed class AdoptionNotes(AdoptedSchema schema)
{
    public void Add()
    {
        var notes = schema.Notes;
        if (schema.Revocation.Doubt is { } doubt)
        {
            notes.Add($"No token of Flask is accepted: {doubt}. Add AddFlaskTokens with the right list to ApiFactory.cs.");
        }

        foreach (var table in schema.Tables)
        {
            if (string.Join(", ", table.Columns.Except(table.Shown).Where(column => column != schema.Account?.Password).Select(column => column.Name))
                is { Length: > 0 } secrets)
            {
                notes.Add($"{table.Name} has what may be secret by its name ({secrets}): no request and no response has it."
                    + (table == schema.Account?.Table || ContractWriter.CanInsert(schema, table) ? "" : " A new row needs it, so that there is no POST."));
            }
        }

        if (schema.Account is not { } account)
        {
            notes.Add("No table with an integer key, an address or a name, and a password was found: "
                + "accounts get a table of their own, app_users, which is empty.");
            return;
        }

        if (account.Email is null || account.Username is null)
        {
            notes.Add($"{account.Table.Name} has no {(account.Email is null ? "address" : "name")} of its own: the second migration adds one and fills it.");
        }

        foreach (var column in account.Privileges.Where(column => column != account.Role && column != account.Active && column != account.Admin))
        {
            notes.Add($"{account.Table.Name}.{column.Name} may decide what an account may do: no request writes it, and nothing asks for it.");
        }

        foreach (var column in account.Table.Columns.Where(column => !column.IsNullable && column.Type != "bool" && !account.Table.Key.Contains(column)
            && column != account.Username && column != account.Email && column != account.Password && column != account.Role
            && column != account.Table.Created && column != account.Table.Updated))
        {
            notes.Add($"{account.Table.Name}.{column.Name} may not be null, and who registers does not give it: give it a value in AuthBlueprint.Register.");
        }

        if (account.Active is { } active)
        {
            notes.Add($"{account.Table.Name}.{active.Name}: who may not sign in is disabled by the second migration, once. "
                + "What Flask switches later is not seen.");
        }

        if (account.Admin is { } admin)
        {
            notes.Add($"{account.Table.Name}.{admin.Name}: who is an admin gets the role admin by the second migration, once.");
        }

        foreach (var table in schema.Tables.Where(table => table != account.Table))
        {
            var owner = schema.OwnerOf(table);
            notes.Add(owner is null
                ? $"{table.Name} belongs to nobody: only admins read and write it."
                : $"{table.Name}.{owner.Name} says whose a row is: its owner and admins read and write it.");
            if (table.References.Any(reference => reference.Principal == account.Table.Name && reference.OnDelete is not
                (Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.Cascade or Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.SetNull)))
            {
                notes.Add($"{table.Name} has rows that refer to {account.Table.Name} without a cascade in the database: deleting such an account is 409. "
                    + "SQLAlchemy's own cascade was in Python.");
            }
        }
    }
}
