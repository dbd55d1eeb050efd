using Carafe.Tasks;

namespace MyApi.Auth;

/// <summary>The task that deletes what accounts leave behind and nothing uses any more.</summary>
public sealed record PruneAccounts;

/// <summary>Deletes, every hour, pending accounts and mailed secrets that have expired, and devices that count as new again.</summary>
internal static class AccountPruning
{
    private const int Batch = 1000;

    public static IServiceCollection AddAccountPruning(this IServiceCollection services)
    {
        services.AddTask<PruneAccounts>(PruneAsync, new() { Defaults = new() { Retention = TimeSpan.Zero } });
        return services.AddSchedule("prune_accounts", TimeSpan.FromHours(1), () => new PruneAccounts(), new ScheduleOptions { Missed = MissedTicks.Once });
    }

    private static async Task PruneAsync(PruneAccounts _, AppDb db, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await db.PendingAccounts.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(cancel);
        await db.MailTokens.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(cancel);
        await PruneDevicesAsync(db, now - KnownDevice.Kept, cancel);
    }

    // The last one of an account stays: without any, a sign-in by a stranger would be the account's first, which is told to nobody.
    private static async Task PruneDevicesAsync(AppDb db, DateTimeOffset since, CancellationToken cancel)
    {
        while (true)
        {
            var ids = await db.KnownDevices
                .Where(row => row.UsedAt <= since && db.KnownDevices.Any(other => other.UserId == row.UserId
                    && (other.UsedAt > row.UsedAt || (other.UsedAt == row.UsedAt && other.Id > row.Id))))
                .OrderBy(row => row.UsedAt).Take(Batch).Select(row => row.Id).ToListAsync(cancel);
            await db.KnownDevices.Where(row => ids.Contains(row.Id) && row.UsedAt <= since).ExecuteDeleteAsync(cancel);
            if (ids.Count < Batch)
            {
                return;
            }
        }
    }
}
