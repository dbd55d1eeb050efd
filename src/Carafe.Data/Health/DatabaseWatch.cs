using System.Data.Common;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Health;

/// <summary>Looks once a second whether the database is where it was, and while it is in trouble, whether that is over.</summary>
internal sealed class DatabaseWatch<TContext>(DatabaseHandle<TContext> handle, DatabaseState state, IServiceScopeFactory scopes) : BackgroundService
    where TContext : DbContext
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The clock of a test stands still; a disk does not.
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
        }
    }

    /// <summary>Looks once.</summary>
    public async Task<DatabaseTrouble?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (handle.Database.FindTrouble() is { } found)
            {
                state.Report(found);
            }
            else if (state.Trouble is not null && await CanServeAsync(cancellationToken))
            {
                state.Clear(handle.Database.ToString());
            }
        }
        catch (DbException error) when (!cancellationToken.IsCancellationRequested)
        {
            state.Report(handle.Database.TroubleOf(error));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            state.Report(new(DatabaseTroubleKind.Unavailable, $"{handle.Database}: {error.Message}"));
        }

        return state.Trouble;
    }

    private async Task<bool> CanServeAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await handle.Database.CanServeAsync(scope.ServiceProvider.GetRequiredService<TContext>(), cancellationToken);
    }
}
