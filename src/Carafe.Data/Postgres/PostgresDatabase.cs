using System.Data.Common;
using Carafe.Data.Paging;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>A PostgreSQL database, or one that speaks its protocol.</summary>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder connection, ILoggerFactory loggers) : Database
{
    private readonly NpgsqlDataSource _source = new NpgsqlDataSourceBuilder(connection.ToString()).UseLoggerFactory(loggers).Build();
    private readonly PostgresWatch _watch = new();
    private readonly PostgresCounts _counts = new();

    internal override string ConnectionString => _source.ConnectionString;

    public override void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(_source).AddInterceptors(new PostgresConnector(_watch));

    public override DatabaseError? Explain(DbException exception) => exception is NpgsqlException fault ? PostgresErrors.Explain(fault) : null;

    public override string ToString() => $"postgresql://{connection.Host}:{connection.Port}/{connection.Database}";

    public override Task ChangeSchemaAsync(DbContext context, Func<Task> change, CancellationToken cancellationToken) => PostgresSchema.ChangeAsync(context, change, cancellationToken);

    public override Task BackupAsync(string file, CancellationToken cancellationToken) => PostgresBackup.WriteAsync(connection, file, cancellationToken);

    public override Task<IReadOnlyList<string>> ReadBackupAsync(string file, CancellationToken cancellationToken) => PostgresBackup.ReadAsync(connection, file, cancellationToken);

    public override Task RestoreAsync(string file, CancellationToken cancellationToken) => PostgresBackup.RestoreAsync(connection, file, cancellationToken);

    internal override SharedCount? SharedCount(object list, DbContext context) => _counts.Of(list, context, _source);

    public override async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _source.DisposeAsync();
        await base.DisposeAsync();
    }
}
