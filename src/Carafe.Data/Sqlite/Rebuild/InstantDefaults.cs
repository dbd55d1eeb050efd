using Carafe.Data.Providers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>
/// Corrects instants that older versions of the kit wrote as defaults in another form: <c>0001-01-01 00:00:00+00:00</c> does not compare with
/// <c>0001-01-01 00:00:00</c>, so pages leave such rows out. The default in the schema shows which tables have them; no row is read to find out.
/// </summary>
internal static class InstantDefaults
{
    private const string Function = "carafe_instant";

    /// <summary>Rebuilds the tables that have such a default, corrects their rows, and returns the columns.</summary>
    public static async Task<IReadOnlyList<string>> CorrectAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        var live = (await SqliteTables.ReadAsync(run, cancellationToken)).Tables.ToDictionary(table => table.Name);
        var corrected = new List<string>();
        foreach (var table in run.Context.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables)
        {
            var wrong = table.Columns.Where(IsInstant)
                .Select(column => (column.Name, Text: live.GetValueOrDefault(table.Name)?.Columns.FirstOrDefault(other => other.Name == column.Name)?.Default))
                .Where(column => column.Text is ['\'', .. var text, '\''] && SqliteValues.Instant(text) is { } right && right != text).ToList();
            if (wrong.Count == 0)
            {
                continue;
            }

            ((SqliteConnection)run.Connection!).CreateFunction(Function, (string? text) => text is null ? null : SqliteValues.Instant(text) ?? text,
                isDeterministic: true);
            var rebuild = await TableRebuild.BeginAsync(run, table.Name, cancellationToken);
            foreach (var (name, text) in wrong)
            {
                rebuild.Table.Replace(name, column => column.WithDefault(TableRebuild.Text(SqliteValues.Instant(text![1..^1])!)));
                rebuild.Fill(name, $"{Function}({SqliteTable.Quote(name)})");
            }

            await rebuild.RunAsync(cancellationToken);
            corrected.AddRange(wrong.Select(column => $"{table.Name}.{column.Name}"));
        }

        return corrected;
    }

    private static bool IsInstant(IColumn column) =>
        column.PropertyMappings is [{ Property.ClrType: var type, TypeMapping.Converter.ProviderClrType: var stored }, ..]
        && (Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset) && stored == typeof(DateTime);
}
