using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Sqlite;

/// <summary>A SQLite file, or a database in memory that lives as long as the app.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly string _connectionString;
    private readonly SqliteConnection? _keepAlive;

    public SqliteDatabase(string connectionString, bool memory)
    {
        _connectionString = connectionString;
        if (memory)
        {
            _keepAlive = new SqliteConnection(connectionString);
            _keepAlive.Open();
        }
    }

    public override void Configure(DbContextOptionsBuilder options) => options.UseSqlite(_connectionString);

    public override DatabaseFault? Explain(DbException exception) => SqliteFaults.Explain((SqliteException)exception);

    public override async ValueTask DisposeAsync()
    {
        if (_keepAlive is not null)
        {
            await _keepAlive.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}
