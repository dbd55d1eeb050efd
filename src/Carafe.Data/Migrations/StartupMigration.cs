using System.Data.Common;
using System.Diagnostics;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Migrations;

/// <summary>Migrates the schema when the app starts, if that is configured.</summary>
internal sealed class StartupMigration<TContext>(
    IServiceScopeFactory scopes, DatabaseHandle<TContext> handle, IOptions<DatabaseSettings> settings, MigrateFlag flag, IHostEnvironment environment,
        ILogger<StartupMigration<TContext>> logger) : IHostedLifecycleService
    where TContext : DbContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private bool Migrates => flag.IsGiven || (settings.Value.MigrateOnStart ?? (environment.IsDevelopment() || environment.IsTesting()));

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!Migrates)
        {
            return;
        }

        // Replicas and their database start together, and it may be the last one up.
        var isReported = false;
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await MigrateAsync(cancellationToken);
                return;
            }
            catch (Exception error) when (Cause(error) is { } cause)
            {
                if (!cause.IsTransient || Stopwatch.GetElapsedTime(started) > Patience)
                {
                    throw new CommandException(handle.Database.Describe(cause));
                }

                if (!isReported)
                {
                    isReported = true;
                    logger.LogWarning("Waiting for {Database}, for up to {Patience} seconds: {Reason}", handle.Database, (int)Patience.TotalSeconds,
                        handle.Database.Describe(cause));
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private static DbException? Cause(Exception? error)
    {
        while (error is not null and not DbException)
        {
            error = error.InnerException;
        }

        return (DbException?)error;
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        if (context.Database.GetMigrations().Any())
        {
            var steps = await new SchemaMigrator(context, handle.Database)
                .MoveAsync(state => MigrationPlan.Steps(state, state.Find("head")), cancellationToken);
            foreach (var step in steps)
            {
                logger.LogInformation("Applied migration {Migration} to {Database}", step.Id, handle.Database);
            }
        }
        else if (await context.Database.EnsureCreatedAsync(cancellationToken))
        {
            logger.LogInformation("Made {Database} from the models: the app has no migrations yet. Write the first with 'db migrate -m \"first\"'",
                handle.Database);
        }
    }

    // Nothing migrates on its own here, and the log should show it before the first 500 does. The server listens already: building EF's model takes a
    // third of a start.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (Migrates)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        try
        {
            var context = scope.ServiceProvider.GetRequiredService<TContext>();
            var behind = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
            if (behind > 0)
            {
                logger.LogWarning(
                    "{Database} is behind by {Count} migrations; /readyz says so until 'db upgrade' has been run, or MIGRATE_ON_START=true is set",
                    handle.Database, behind);
            }
        }
        catch (DbException error)
        {
            logger.LogWarning("{Database} cannot be reached yet: {Reason}", handle.Database, handle.Database.Describe(error));
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
