using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// Changes of the schema in one transaction, whose write lock keeps other processes out and goes with ours if it is killed. A table that SQLite cannot alter is
/// made anew, for which foreign keys must be off (https://sqlite.org/lang_altertable.html section 7); they are checked before the commit instead.
/// </summary>
internal static class SqliteSchema
{
    private const int Attempts = 30;

    public static async Task ChangeAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        await context.Database.ExecuteSqlRawAsync("PRAGMA foreign_keys=0", cancellationToken);
        try
        {
            await using var transaction = await BeginAsync(context, cancellationToken);
            await change();
            await CheckReferencesAsync(context, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            await context.Database.ExecuteSqlRawAsync("PRAGMA foreign_keys=1", CancellationToken.None);
            if (context.Database.GetDbConnection() is ContextConnection connection)
            {
                connection.IsPeculiar = false;
            }

            await context.Database.CloseConnectionAsync();
        }
    }

    // Another replica may be at it for longer than a write usually takes.
    private static async Task<IDbContextTransaction> BeginAsync(DbContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.Database.BeginTransactionAsync(cancellationToken);
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == SQLITE_BUSY && attempt < Attempts)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task CheckReferencesAsync(DbContext context, CancellationToken cancellationToken)
    {
        var broken = await context.Database.SqlQueryRaw<string>("""SELECT "table" || ' row ' || ifnull(rowid, '?') || ' refers to a missing row of ' || "parent" AS "Value" FROM pragma_foreign_key_check LIMIT 1""")
            .ToListAsync(cancellationToken);
        if (broken is [var first, ..])
        {
            throw new CommandException($"The migration leaves references to nothing: {first}. Nothing was changed.");
        }
    }
}
