using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Carafe.Data.Postgres;
using Carafe.Data.Providers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;
using Npgsql;

namespace Carafe.Data.Adoption;

/// <summary>
/// Reads a database by what its EF provider scaffolds from. A file of SQLite is opened for reading only: the app's own connections would make a
/// write-ahead log of it.
/// </summary>
internal sealed class DatabaseReading(DbContext context, Database database, CancellationToken stop)
{
    /// <summary>Gets what it is; null when it cannot be adopted.</summary>
    public AdoptedKind? Kind { get; } = context.Database.ProviderName switch
    {
        "Microsoft.EntityFrameworkCore.Sqlite" => AdoptedKind.Sqlite,
        "Npgsql.EntityFrameworkCore.PostgreSQL" => AdoptedKind.Postgres,
        "Carafe.MySql" => AdoptedKind.MySql,
        _ => null,
    };

    /// <summary>Gets whether it is SQLite.</summary>
    public bool IsSqlite => Kind == AdoptedKind.Sqlite;

    /// <summary>Reads the tables, after it is clear that Flask made them.</summary>
    /// <exception cref="CommandException">It is not a database of Flask, or is half migrated.</exception>
    public async Task<DatabaseModel> ReadAsync()
    {
        if (Kind is null)
        {
            throw new CommandException($"{database} is not on SQLite, PostgreSQL, MariaDB or MySQL: 'db adopt' reads these. Nothing was written.");
        }

        if (database.Missing is { } missing)
        {
            throw new CommandException(missing);
        }

        await using var connection = await OpenAsync();
        await RequireFlaskAsync(connection);
        var schemas = Kind != AdoptedKind.Postgres ? [] : await QueryAsync(connection, "SELECT current_schema()::text");
        return LiveTables.Reader(context)!.Create(connection, new DatabaseModelFactoryOptions(schemas: schemas));
    }

    /// <summary>Copies a file of SQLite, to try on it what will be done.</summary>
    public async Task CopyAsync(string file)
    {
        await using var connection = (SqliteConnection)await OpenAsync();
        await using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        await copy.OpenAsync(stop);
        connection.BackupDatabase(copy);
    }

    /// <summary>Returns the indexes that hold some of the rows; EF's reader of SQLite does not tell.</summary>
    public async Task<IReadOnlySet<string>> PartialIndexesAsync()
    {
        if (!IsSqlite)
        {
            return new HashSet<string>();
        }

        await using var connection = await OpenAsync();
        return (await QueryAsync(connection, "SELECT i.name FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.partial = 1"))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Returns the columns of PostgreSQL by its own catalogue: EF's reader leaves out those whose type it does not know.</summary>
    public async Task<IReadOnlyList<(string Table, string Name, string Type)>> ColumnsAsync()
    {
        if (Kind != AdoptedKind.Postgres)
        {
            return [];
        }

        await using var connection = await OpenAsync();
        var rows = await QueryAsync(connection, "SELECT json_build_array(table_name, column_name, udt_name)::text FROM information_schema.columns "
            + "WHERE table_schema = current_schema()");
        return [.. rows.Select(row => JsonSerializer.Deserialize<string[]>(row)!).Select(parts => (parts[0], parts[1], parts[2]))];
    }

    /// <summary>Returns whether a column of SQLite holds whole numbers that an int cannot.</summary>
    public async Task<bool> HasLargeAsync(string table, string column)
    {
        if (!IsSqlite)
        {
            return false;
        }

        await using var connection = await OpenAsync();
        var (from, value) = (Quote(table), Quote(column));
        return (await QueryAsync(connection, string.Create(CultureInfo.InvariantCulture,
            $"SELECT 1 FROM {from} WHERE typeof({value}) = 'integer' AND ({value} > {int.MaxValue} OR {value} < {int.MinValue}) LIMIT 1"))).Count > 0;
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task RequireFlaskAsync(DbConnection connection)
    {
        Task<List<string>> FindAsync(string table) => QueryAsync(connection, Kind switch
        {
            AdoptedKind.Sqlite => $"SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{table}'",
            AdoptedKind.Postgres => $"SELECT relname::text FROM pg_class WHERE oid = to_regclass('\"{table}\"')",
            _ => $"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '{table}'",
        });
        if ((await FindAsync("alembic_version")).Count == 0)
        {
            throw new CommandException(
                $"{database} has no table alembic_version, so it is no database of Flask-Migrate. "
                + "Give DATABASE_URL the one that Flask uses. Nothing was written.");
        }

        if ((await FindAsync("__EFMigrationsHistory")).Count > 0)
        {
            throw new CommandException(
                $"{database} has a history of EF Core's migrations beside Alembic's: it was adopted before. "
                + "Give DATABASE_URL another, or go on in that project. Nothing was written.");
        }

        var heads = await QueryAsync(connection, "SELECT version_num FROM alembic_version");
        if (heads.Count != 1)
        {
            throw new CommandException(heads.Count == 0
                ? $"{database} is half migrated: alembic_version is empty. Run 'flask db upgrade' first. Nothing was written."
                : $"{database} is half migrated: Alembic has {heads.Count} heads ({string.Join(", ", heads)}). "
                + "Run 'flask db merge heads' and 'flask db upgrade' first. Nothing was written.");
        }
    }

    private async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = Kind switch
        {
            AdoptedKind.Sqlite => new SqliteConnection(
                new SqliteConnectionStringBuilder(database.ConnectionString) { Mode = SqliteOpenMode.ReadOnly }.ToString()),
            AdoptedKind.Postgres => new NpgsqlConnection(((PostgresDatabase)database).Settings.ToString()),
            _ => DbProviderFactories.GetFactory(context.Database.GetDbConnection())!.CreateConnection()!,
        };
        if (Kind == AdoptedKind.MySql)
        {
            connection.ConnectionString = database.ConnectionString;
        }

        await connection.OpenAsync(stop);
        return connection;
    }

    private async Task<List<string>> QueryAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of the database are quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(stop))
        {
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        }

        return rows;
    }
}
