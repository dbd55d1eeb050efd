namespace Carafe.Data.Migrations;

/// <summary>Holds the author's decisions about changes that the models alone do not determine.</summary>
/// <param name="Renames">New names of columns and tables: <c>notes=summary</c>, <c>posts.notes=summary</c>, <c>posts=articles</c>.</param>
/// <param name="NoRename">Whether what is gone and what is new have nothing to do with each other.</param>
/// <param name="AcceptDataLoss">Whether what is dropped may go with its data.</param>
internal sealed record MigrateChoices(IReadOnlyList<Rename> Renames, bool NoRename, bool AcceptDataLoss)
{
    /// <summary>Gets the choices for databases without data: nothing is a rename, and anything may be dropped.</summary>
    public static MigrateChoices Anything { get; } = new([], true, true);
}

/// <summary>Represents a new name.</summary>
/// <param name="Table">The table, where it was said.</param>
/// <param name="Old">The old name of a column or a table.</param>
/// <param name="New">The new one.</param>
internal sealed record Rename(string? Table, string Old, string New)
{
    /// <summary>Gets whether the model has such a change; a misspelt one is an error.</summary>
    public bool IsUsed { get; set; }

    public static Rename Parse(string text)
    {
        var sides = text.Split('=');
        if (sides is not [{ Length: > 0 } from, { Length: > 0 } to])
        {
            throw new CommandException($"--rename {text}: expected old=new, with the table in front where it is not clear: posts.notes=summary.", 2);
        }

        var dot = from.LastIndexOf('.');
        return new(dot < 0 ? null : from[..dot], from[(dot + 1)..], to[(to.LastIndexOf('.') + 1)..]);
    }

    public bool Is(string table, string old, string recent) => (Table is null || Table == table) && Old == old && New == recent;
}

/// <summary>Describes what was written, and what to know about it.</summary>
/// <param name="Files">The files; none where nothing changed.</param>
/// <param name="Notes">A line for each rename, each drop and each change that the running version does not survive.</param>
internal sealed record WrittenMigration(IReadOnlyList<string> Files, IReadOnlyList<string> Notes);
