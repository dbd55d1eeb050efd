namespace MyApi.Files;

/// <summary>Once at start, deletes what a crash left behind: bytes older than a day that no row names.</summary>
internal sealed class FileSweep(FileStore store, IServiceScopeFactory scopes, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var old in store.OlderThan(clock.GetUtcNow() - Age).Chunk(500))
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            var named = await db.Files.Where(file => old.Contains(file.Blob)).Select(file => file.Blob).ToListAsync(stoppingToken);
            foreach (var orphan in old.Except(named))
            {
                store.Delete(orphan);
            }
        }
    }
}
