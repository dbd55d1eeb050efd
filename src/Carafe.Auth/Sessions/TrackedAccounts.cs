using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Carafe.Auth;

/// <summary>Lists the accounts that a context tracks.</summary>
internal static class TrackedAccounts<TUser>
    where TUser : class, IAccount
{
    /// <summary>
    /// Lists them as they are known now, without a look for changes: EF Core compares all tracked rows at each look, does so by itself before it saves, and
    /// a context that tracks no account needs no other.
    /// </summary>
    public static List<EntityEntry<TUser>> Of(DbContext context)
    {
        var detects = context.ChangeTracker.AutoDetectChangesEnabled;
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return [.. context.ChangeTracker.Entries<TUser>()];
        }
        finally
        {
            context.ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }
}
