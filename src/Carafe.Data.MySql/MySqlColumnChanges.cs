using System.Globalization;
using System.Text.RegularExpressions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Data.MySql;

/// <summary>
/// Refuses changes of columns that would change values without a word, before anything has run. What does not fit at all is refused by the server.
/// </summary>
internal sealed partial class MySqlColumnChanges(MigrationRun run, StepContent step)
{
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var alter in step.Operations.OfType<AlterColumnOperation>())
        {
            var change = step.Change(alter);
            if (step.Before(alter) is not { } column)
            {
                continue;
            }

            if (Digits(column.StoreType) is { } before && Digits(step.After(alter)?.StoreType) is { } after && after < before)
            {
                await run.RefuseRowsAsync(column.Table.Name, column.Table.Schema, column.Name,
                    string.Create(CultureInfo.InvariantCulture, $"MICROSECOND({run.Quote(column.Name)}) % {(int)Math.Pow(10, 6 - after)} <> 0"),
                    "parts of a second would be lost", step.From.KeyOf(column.Table.Name), cancellationToken);
            }

            if (change.KeepsValues)
            {
                continue;
            }

            if (!change.IsPossible || (change.Names.Count > 0 && !change.OnlyChecks))
            {
                throw new CommandException(
                    $"{alter.Table}.{alter.Name}: {change} is not converted on MySQL and MariaDB. Write the step by hand: a new column, an UPDATE, and the old "
                    + "one goes. Nothing was changed.");
            }

            if (Changes(change, run.Quote(column.Name)) is var (condition, because))
            {
                await run.RefuseRowsAsync(column.Table.Name, column.Table.Schema, column.Name, condition, because, step.From.KeyOf(column.Table.Name),
                    cancellationToken);
            }
        }
    }

    // The digits of a second that a column of times keeps; null for other columns.
    private static int? Digits(string? type) => type is not null && Timed().Match(type) is { Success: true } match
        ? match.Groups[1].Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0
        : null;

    [GeneratedRegex(@"^(?:datetime|timestamp|time)\s*(?:\(\s*([0-6])\s*\))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Timed();

    private static (string Condition, string Because)? Changes(ValueChange change, string column) => (change.From.Kind, change.To.Kind) switch
    {
        (ValueKind.Real or ValueKind.Decimal, ValueKind.Integer) => ($"{column} <> TRUNCATE({column}, 0)", "digits behind the point would be lost"),
        (ValueKind.Real or ValueKind.Decimal, ValueKind.Decimal) when change.To.Precision is not null => (string.Create(CultureInfo.InvariantCulture,
            $"{column} <> ROUND({column}, {change.To.Scale ?? 0})"), "digits behind the point would be lost"),
        (ValueKind.Instant, ValueKind.Date) => ($"TIME({column}) <> 0", "the time of the day would be lost"),
        _ => null,
    };
}
