using System.Data.Common;
using Carafe.Data.Conventions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Migrations;

/// <summary>
/// Tries whether the migrations of all branches, one after the other, make what the models want. Only then is there nothing left for the migration in
/// which they meet.
/// </summary>
internal sealed class BranchTrial<TContext>(IServiceProvider services)
    where TContext : DbContext
{
    /// <exception cref="CommandException">They do not, or cannot be applied one after the other.</exception>
    public async Task RefuseDifferencesAsync(CancellationToken cancellationToken)
    {
        await using var database = services.GetRequiredService<DatabaseProviders>().Open("sqlite:///:memory:", services);
        await using var context = services.GetRequiredService<ContextOptions<TContext>>().Create(database);
        try
        {
            await new SchemaMigrator(context, database, takesBranches: true).MoveAsync(state => state.Steps("head", up: true), cancellationToken);
        }
        catch (DbException error)
        {
            throw new CommandException(
                $"The branches cannot be applied one after the other: {error.Message} Change one of them where nobody has applied it yet. Nothing was " +
                $"written.");
        }

        var differences = await new LiveSchema(context, database, context.GetService<IDesignTimeModel>().Model).DifferencesAsync(null, cancellationToken);
        if (differences.Count > 0)
        {
            throw new CommandException(
                $"The models want more than the branches make:{string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}"))}"
                + $"{Environment.NewLine}Take that out of the models, merge, and write it as a migration after that. Nothing was written.");
        }
    }
}
