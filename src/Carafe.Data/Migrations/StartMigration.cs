using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Migrations;

/// <summary>Brings the schema up to date when the app starts, where that is wanted.</summary>
internal sealed class StartMigration<TContext>(IServiceScopeFactory scopes) : IHostedService
    where TContext : DbContext
{
    // First cut: there are no migrations yet.
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TContext>().Database.EnsureCreatedAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
