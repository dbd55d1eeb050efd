using Carafe.FastSqlite.Connections;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.FastSqlite.Extension;

/// <summary>Closes the shared connections of a database before EF Core deletes its file: they would go on with a file that has no name.</summary>
internal sealed class FastDatabaseCreator(
    RelationalDatabaseCreatorDependencies dependencies, ISqliteRelationalConnection connection, IRawSqlCommandBuilder rawSqlCommandBuilder)
    : SqliteDatabaseCreator(dependencies, connection, rawSqlCommandBuilder)
{
    public override void Delete()
    {
        Clear();
        base.Delete();
        Clear();
    }

    private void Clear() => (Dependencies.Connection.DbConnection as RoutingSqliteConnection)?.Shared?.Pool.Clear();
}
