using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;

namespace Carafe.Data.Adoption;

/// <summary>Refuses names that no model of Flask-SQLAlchemy has, and that would mean something in the C# that is written and compiled.</summary>
internal static class DatabaseNames
{
    /// <exception cref="CommandException">
    /// A name has no letter and no digit, or another character than a letter, a digit, <c>_</c>, <c>-</c>, <c>.</c>, a space or <c>$</c>. A key may have none.
    /// </exception>
    public static void Require(DatabaseModel model)
    {
        foreach (var (kind, name) in model.Tables.SelectMany(Of))
        {
            if (name is { Length: > 0 } && !name.Any(char.IsLetterOrDigit))
            {
                throw new CommandException($"The {kind} {CSharpText.Line(CSharpText.Literal(name))} has no letter and no digit. "
                    + "Give it another name in Flask first. Nothing was written.");
            }

            if (name is not null && !name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.' or ' ' or '$'))
            {
                throw new CommandException(
                    $"The {kind} {CSharpText.Line(CSharpText.Literal(name))} has a character other than letters, digits, '_', '-', '.', a space and '$'. "
                    + "Give it another name in Flask first. Nothing was written.");
            }
        }
    }

    // A view is left alone: only its name is written, in a note.
    private static IEnumerable<(string Kind, string? Name)> Of(DatabaseTable table) =>
    [
        ("table", table.Name),
        .. table is DatabaseView ? [] : table.Columns.Select(column => ("column", (string?)column.Name)),
        ("key", table.PrimaryKey?.Name),
        .. table.UniqueConstraints.Select(unique => ("key", unique.Name)),
        .. table.ForeignKeys.Select(key => ("key", key.Name)),
        .. table.Indexes.Select(index => ("index", index.Name)),
    ];
}
