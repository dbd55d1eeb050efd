using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Migrations;

/// <summary>What this build knows and what the database has, oldest first.</summary>
/// <param name="Known">The migrations of this build.</param>
/// <param name="Applied">Those that the database has.</param>
internal sealed record SchemaState(IReadOnlyList<string> Known, IReadOnlyList<string> Applied)
{
    public IReadOnlyList<string> Pending { get; } = [.. Known.Except(Applied)];

    /// <summary>In the database and not in this build: a newer build, or another app, put them there.</summary>
    public IReadOnlyList<string> Unknown { get; } = [.. Applied.Except(Known)];

    public static async Task<SchemaState> ReadAsync(DbContext context, CancellationToken cancellationToken)
    {
        var known = context.GetService<IMigrationsAssembly>().Migrations.Keys.Order(StringComparer.Ordinal).ToList();
        var applied = await context.GetService<IHistoryRepository>().GetAppliedMigrationsAsync(cancellationToken);
        return new SchemaState(known, [.. applied.Select(row => row.MigrationId).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Finds a migration by its id, its name, the number in front of it, or <c>head</c>; null is <c>base</c>, before all of them.</summary>
    public string? Find(string target) => target switch
    {
        "base" or "0" => null,
        "head" => Known.Count > 0 ? Known[^1] : null,
        _ => Known.Where(id => id == target || id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..].Equals(target, StringComparison.OrdinalIgnoreCase) || id.StartsWith($"{target}_", StringComparison.Ordinal)).ToList() switch
        {
            [var only] => only,
            [] => throw new CommandException($"There is no migration '{target}'. Known are: {(Known.Count == 0 ? "none" : string.Join(", ", Known))}."),
            var many => throw new CommandException($"'{target}' is ambiguous: {string.Join(", ", many)}. Give the whole id."),
        },
    };

    /// <summary>Refuses a database that this build must not touch.</summary>
    public void RefuseStrangers()
    {
        if (Unknown.Count > 0)
        {
            throw new CommandException(Applied.Intersect(Known).Any()
                ? $"The database is newer than this build: it has {string.Join(", ", Unknown)}. Nothing was changed."
                : $"The database belongs to another app: its migrations ({Unknown[0]}, ...) are unknown here. Nothing was changed.");
        }
    }
}
