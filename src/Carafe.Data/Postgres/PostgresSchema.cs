using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Postgres;

/// <summary>Changes of the schema under an advisory lock of the session, which the server lets go when the session ends, however it ends.</summary>
internal static class PostgresSchema
{
    // Any number will do as long as it is always the same; the lock is the database's own.
    private const long Key = 0x0CA7AFE;

    public static async Task ChangeAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken)
    {
        var timeout = context.Database.GetCommandTimeout();
        context.Database.SetCommandTimeout(0);
        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await context.Database.ExecuteSqlRawAsync("SET statement_timeout = 0; SET lock_timeout = '10min'", cancellationToken);
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({Key})", cancellationToken);
            await change();
        }
        finally
        {
            // The pool resets what was set and unlocks what is locked.
            await context.Database.CloseConnectionAsync();
            context.Database.SetCommandTimeout(timeout);
        }
    }
}
