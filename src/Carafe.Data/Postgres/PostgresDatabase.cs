using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>A PostgreSQL database, or one that speaks its protocol.</summary>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder connection, ILoggerFactory loggers) : Database
{
    private readonly NpgsqlDataSource _source = new NpgsqlDataSourceBuilder(connection.ToString()).UseLoggerFactory(loggers).Build();
    private readonly PostgresConnector _connector = new();

    public NpgsqlConnectionStringBuilder Connection => connection;

    public override void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(_source).AddInterceptors(_connector);

    public override DatabaseFault? Explain(DbException exception) => exception is NpgsqlException fault ? PostgresFaults.Explain(fault) : null;

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await base.DisposeAsync();
    }
}
