using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Sqlite;

/// <summary>Makes transactions that leave the write gate however they end.</summary>
internal sealed class GatedTransactions(RelationalTransactionFactoryDependencies dependencies) : RelationalTransactionFactory(dependencies)
{
    public override RelationalTransaction Create(
        IRelationalConnection connection, DbTransaction transaction, Guid transactionId, IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger, bool transactionOwned)
    {
        // A transaction that was begun elsewhere (UseTransaction) never entered the gate.
        return new GatedTransaction(connection, transaction, transactionId, logger, transactionOwned, Dependencies.SqlGenerationHelper, transactionOwned ? connection.DbConnection as ContextConnection : null);
    }

    private sealed class GatedTransaction(
        IRelationalConnection connection,
        DbTransaction transaction,
        Guid transactionId,
        IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger,
        bool transactionOwned,
        ISqlGenerationHelper sql,
        ContextConnection? gated) : RelationalTransaction(connection, transaction, transactionId, logger, transactionOwned, sql)
    {
        private ContextConnection? _gated = gated;

        protected override void ClearTransaction()
        {
            Leave();
            base.ClearTransaction();
        }

        protected override Task ClearTransactionAsync(CancellationToken cancellationToken = default)
        {
            Leave();
            return base.ClearTransactionAsync(cancellationToken);
        }

        private void Leave()
        {
            if (_gated is { } gated)
            {
                _gated = null;
                gated.HoldsGate = false;
                gated.Gate.Leave();
            }
        }
    }
}
