using Carafe.Data.Conventions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.Migrations;

/// <summary>
/// Marks a column whose key the database generates. Files of migrations hold a neutral mark; each provider's own replaces it when they run.
/// </summary>
internal static class GeneratedKey
{
    public const string Annotation = "Carafe:GeneratedKey";

    // Files that were written before there was a neutral mark have these.
    private static readonly string[] Known = [Annotation, "Npgsql:ValueGenerationStrategy", "Sqlite:Autoincrement"];

    public static bool Is(ColumnOperation column) => column.GetAnnotations().Any(annotation => IsMark(annotation.Name));

    /// <summary>Puts the neutral mark in place of those of the providers.</summary>
    public static void Neutralise(ColumnOperation column)
    {
        var generated = Is(column);
        foreach (var mark in column.GetAnnotations().Where(annotation => IsMark(annotation.Name)).ToList())
        {
            column.RemoveAnnotation(mark.Name);
        }

        if (generated)
        {
            column.SetAnnotation(Annotation, true);
        }
    }

    /// <summary>Puts the mark of a context's provider in place of any other.</summary>
    public static void Translate(IEnumerable<MigrationOperation> operations, DbContext context)
    {
        var own = Own(context);
        foreach (var column in operations.SelectMany(Columns).Where(Is).ToList())
        {
            foreach (var mark in column.GetAnnotations().Where(annotation => IsMark(annotation.Name) && annotation.Name != own?.Key).ToList())
            {
                column.RemoveAnnotation(mark.Name);
            }

            if (own is var (name, value) && column.FindAnnotation(name) is null)
            {
                column.SetAnnotation(name, value);
            }
        }
    }

    /// <summary>Returns whether two columns are generated alike. The snapshot does not have the mark of a provider that the kit does not include.</summary>
    public static bool IsSame(ColumnOperation now, ColumnOperation old, DbContext context)
    {
        var ignored = Own(context) is var (mark, _) && !Known.Contains(mark) ? mark : null;
        return Annotations(now).SetEquals(Annotations(old));

        HashSet<string> Annotations(ColumnOperation column) =>
            [.. column.GetAnnotations().Where(annotation => annotation.Name != ignored).Select(annotation => $"{annotation.Name}={annotation.Value}")];
    }

    public static bool IsMark(string annotation) =>
        Known.Contains(annotation) || annotation.EndsWith(":ValueGenerationStrategy", StringComparison.Ordinal)
        || annotation.EndsWith(":Autoincrement", StringComparison.Ordinal);

    private static KeyValuePair<string, object>? Own(DbContext context) =>
        context.GetService<IDbContextOptions>().FindExtension<ConventionsExtension>()?.Database.Provider?.GeneratedKey;

    private static IEnumerable<ColumnOperation> Columns(MigrationOperation operation) => operation switch
    {
        CreateTableOperation table => table.Columns,
        AlterColumnOperation alter => [alter, alter.OldColumn],
        ColumnOperation column => [column],
        _ => [],
    };
}
