using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Carafe.Data.Migrations;

/// <summary>Compares the migrations of this build with those of the database, oldest first.</summary>
/// <param name="Known">The migrations of this build.</param>
/// <param name="Applied">Those that the database has.</param>
internal sealed record SchemaState(IReadOnlyList<string> Known, IReadOnlyList<string> Applied)
{
    public IReadOnlyList<string> Pending { get; } = [.. Known.Except(Applied)];

    /// <summary>Gets the migrations that are in the database and not in this build: a newer build, or another app, applied them.</summary>
    public IReadOnlyList<string> Unknown { get; } = [.. Applied.Except(Known)];

    /// <summary>Left out though later ones are applied.</summary>
    public IReadOnlyList<string> Skipped { get; } = [.. Known.Except(Applied)
        .Where(id => Known.Intersect(Applied).Any(later => string.CompareOrdinal(later, id) > 0))];

    /// <summary>Gets whether this build knows none of the database's migrations.</summary>
    public bool IsForeign => Unknown.Count > 0 && !Applied.Intersect(Known).Any();

    /// <summary>Gets whether a later build of this app has been at work.</summary>
    public bool IsNewer => Unknown.Count > 0 && !IsForeign && Known.Count > 0 && Unknown.All(id => string.CompareOrdinal(id, Known[^1]) > 0);

    /// <summary>Returns the state of a database that does not exist yet.</summary>
    public static SchemaState Empty(DbContext context) => new([.. context.GetService<IMigrationsAssembly>().Migrations.Keys.Order(StringComparer.Ordinal)], []);

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
        _ => Known.Where(id => id == target || id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..].Equals(target, StringComparison.OrdinalIgnoreCase)
            || id.StartsWith($"{target}_", StringComparison.Ordinal)).ToList() switch
        {
            [var only] => only,
            [] => throw new CommandException($"There is no migration '{target}'. Known are: {(Known.Count == 0 ? "none" : string.Join(", ", Known))}."),
            var many => throw new CommandException($"'{target}' is ambiguous: {string.Join(", ", many)}. Give the whole id."),
        },
    };

    /// <summary>Returns the steps to a target in one direction.</summary>
    /// <exception cref="CommandException">The target lies in the other direction, or there is none.</exception>
    public IReadOnlyList<MigrationStep> Steps(string target, bool up)
    {
        if (target.Length > 1 && target[0] is '-' or '+' && int.TryParse(target, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var by))
        {
            IReadOnlyList<string> left = by > 0 ? Pending : [.. Known.Intersect(Applied).Reverse()];
            return Math.Abs(by) <= left.Count && by > 0 == up
                ? [.. left.Take(Math.Abs(by)).Select(id => new MigrationStep(id, up))]
                : throw new CommandException($"There is no migration {target} from here: {Known.Intersect(Applied).Count()} of {Known.Count} are applied.");
        }

        var goal = Find(target);
        var planned = MigrationPlan.Steps(this, goal);
        return planned.Any(step => step.Up != up)
            ? throw new CommandException($"{goal ?? "base"} is {(up ? "below" : "above")} what is applied. Use 'db {(up ? "downgrade" : "upgrade")} {target}'.")
            : planned;
    }

    /// <summary>Refuses a database that this build must not touch.</summary>
    public void RefuseStrangers()
    {
        if (Unknown.Count == 0)
        {
            return;
        }

        const string Stamp = "If the tables are those of the models, which 'db stamp head' makes sure of, it notes that. Nothing was changed.";
        var list = string.Join(", ", Unknown.Take(3)) + (Unknown.Count > 3 ? ", ..." : "");
        throw new CommandException(
            IsForeign ? $"The database belongs to another app, or to this one from before its migrations were squashed: {list} is unknown here. {Stamp}"
            : IsNewer
                ? $"The database is newer than this build: it has {list}. Deploy the build that made it, or restore an older backup. Nothing was changed."
                : $"The database has {list}, which this build does not: it was renamed, deleted or squashed. {Stamp}");
    }
}
