#if POSTGRESQL || MARIADB
#if MARIADB
using Carafe.MySql.Tests;
#endif

namespace MyApi.Tests;

/// <summary>Backups by schedule on a server: each is restored beside the app's database where the app's user may.</summary>
public sealed class BackupTrialTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("myapi-trial-").FullName;
    private readonly string _database = $"test_{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string[] Backups => Directory.GetFiles(_folder, "*.backup");

    [Fact]
    public async Task A_backup_is_restored_on_trial_and_the_trial_leaves_nothing()
    {
        await using var server = await Server.StartAsync(_database);
        await RestoresAsync(server.Owner);
        // The name is free again.
        await server.SqlAsync($"CREATE DATABASE {_database}_carafe_trial");
        await server.SqlAsync($"DROP DATABASE {_database}_carafe_trial");
    }

    [Fact]
    public async Task What_a_killed_trial_has_left_is_in_nobodys_way()
    {
        await using var server = await Server.StartAsync(_database);
        await server.LeaveAsync($"{_database}_carafe_trial", isTrial: true);
        await RestoresAsync(server.Owner);
        // The name is free again.
        await server.SqlAsync($"CREATE DATABASE {_database}_carafe_trial");
        await server.SqlAsync($"DROP DATABASE {_database}_carafe_trial");
    }

    [Fact]
    public async Task A_database_that_no_trial_has_made_is_never_dropped()
    {
        await using var server = await Server.StartAsync(_database);
        await server.LeaveAsync($"{_database}_carafe_trial", isTrial: false);
        await using (var api = await StartAsync(server.Owner))
        {
            await UntilLoggedAsync(api, $"did not restore it on trial: There is a database {_database}_carafe_trial that no trial has made");
            Assert.Single(Backups);
        }

        // It fails where there is none.
        await server.SqlAsync($"DROP DATABASE {_database}_carafe_trial");
    }

    [Fact]
    public async Task A_trial_of_another_replica_is_not_disturbed()
    {
        await using var server = await Server.StartAsync(_database);
        await using var trial = await server.LockAsync($"{_database}_carafe_trial");
        await using var api = await StartAsync(server.Owner);
        await UntilLoggedAsync(api, "did not restore it on trial: Another process restores a backup");
        Assert.Single(Backups);
    }

    [Fact]
    public async Task A_user_who_may_create_no_database_has_backups_that_are_read_and_a_warning()
    {
        await using var server = await Server.StartAsync(_database);
        await using var api = await StartAsync(server.Plain);
        await UntilLoggedAsync(api, "did not restore it on trial: The app's user may not create a database");
        Assert.Single(Backups);
    }

    [Fact]
    public async Task A_backup_that_cannot_be_restored_does_not_count_and_is_kept()
    {
        await using var server = await Server.StartAsync(_database);
        await using (await StartAsync(server.Owner, backups: false))
        {
            await server.BreakAsync();
        }

        await using var api = await StartAsync(server.Owner);
        await UntilLoggedAsync(api, "The backup failed");
        Assert.Empty(Backups);
        Assert.Single(Directory.GetFiles(_folder, "*.unverified"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Nothing is logged as a warning where a backup was restored: seen when the service has ended, as a warning comes after the file.
    private async Task RestoresAsync(string url)
    {
        var api = await StartAsync(url);
        await using (api)
        {
            await UntilAsync(api, () => Backups.Length == 1);
        }

        Assert.DoesNotContain(api.Log, line => line.Contains("backup", StringComparison.Ordinal));
    }

    private static Task UntilLoggedAsync(TestApp api, string line) =>
        UntilAsync(api, () => api.Log.Any(logged => logged.Contains(line, StringComparison.Ordinal)));

    private static async Task UntilAsync(TestApp api, Func<bool> condition)
    {
        for (var patience = 1200; !condition(); patience--)
        {
            Assert.True(patience > 0, string.Join('\n', api.Log));
            await Task.Delay(50, Stop);
        }
    }

    private Task<TestApp> StartAsync(string url, bool backups = true) => Api.StartAsync(builder =>
    {
        builder.Configuration["DATABASE_URL"] = url;
        builder.Configuration["MIGRATE_ON_START"] = "true";
        builder.Configuration["BACKUP_FOLDER"] = backups ? _folder : null;
    });

#if POSTGRESQL
    private sealed class Server(PostgresServer server, string database) : IAsyncDisposable
    {
        public string Owner => $"postgresql://{database}_owner@127.0.0.1:{server.Port}/{database}";

        public string Plain => $"postgresql://{database}_plain@127.0.0.1:{server.Port}/{database}";

        public static async Task<Server> StartAsync(string database)
        {
            Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
            var server = await PostgresServer.SharedAsync();
            await server.SqlAsync($"CREATE ROLE {database}_plain LOGIN; CREATE ROLE {database}_owner LOGIN CREATEDB IN ROLE {database}_plain");
            await server.SqlAsync($"CREATE DATABASE {database} OWNER {database}_plain");
            return new Server(server, database);
        }

        public Task SqlAsync(string sql) => server.SqlAsync(sql);

        public async Task LeaveAsync(string trial, bool isTrial)
        {
            await SqlAsync($"CREATE DATABASE {trial} OWNER {database}_owner");
            if (isTrial)
            {
                await SqlAsync($"COMMENT ON DATABASE {trial} IS 'Carafe restores backups of {database} here on trial, and drops it.'");
            }
        }

        public async Task<IAsyncDisposable> LockAsync(string trial)
        {
            var connection = new Npgsql.NpgsqlConnection(
                $"Host=127.0.0.1;Port={server.Port};Username={database}_owner;Database={database};Pooling=false");
            await connection.OpenAsync(Stop);
            await using var command = new Npgsql.NpgsqlCommand($"SELECT pg_advisory_lock(hashtext('{trial}'))", connection);
            await command.ExecuteNonQueryAsync(Stop);
            return connection;
        }

        // A rule that was given up after the rows were written: the dump has both.
        public async Task BreakAsync()
        {
            await using var connection = new Npgsql.NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username={database}_plain;Database={database}");
            await connection.OpenAsync(Stop);
            await using var command = new Npgsql.NpgsqlCommand("""
                CREATE FUNCTION small(number int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true';
                CREATE TABLE numbers (number int CHECK (small(number)));
                INSERT INTO numbers VALUES (1);
                CREATE OR REPLACE FUNCTION small(number int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT false';
                """, connection);
            await command.ExecuteNonQueryAsync(Stop);
        }

        public async ValueTask DisposeAsync() => await server.SqlAsync($"DROP DATABASE {database} WITH (FORCE)");
    }
#else
    private sealed class Server(MariaDbServer server, string database) : IAsyncDisposable
    {
        public string Owner => $"mysql://root@127.0.0.1:{server.Port}/{database}?ssl-mode=disabled";

        public string Plain => $"mysql://{User}@127.0.0.1:{server.Port}/{database}?ssl-mode=disabled";

        private string User => $"u{database[^16..]}";

        public static async Task<Server> StartAsync(string database)
        {
            Assert.SkipWhen(MariaDbServer.Missing is not null, MariaDbServer.Missing ?? "");
            var started = new Server(await MariaDbServer.SharedAsync(), database);
            await started.SqlAsync($"CREATE DATABASE {database} CHARACTER SET utf8mb4");
            await started.SqlAsync($"CREATE USER '{started.User}'@'127.0.0.1'; GRANT ALL ON {database}.* TO '{started.User}'@'127.0.0.1'");
            return started;
        }

        public Task SqlAsync(string sql) => server.SqlAsync(sql);

        public Task LeaveAsync(string trial, bool isTrial) =>
            SqlAsync($"CREATE DATABASE {trial};" + (isTrial ? $"CREATE TABLE {trial}.__carafe_trial (id int PRIMARY KEY)" : ""));

        public async Task<IAsyncDisposable> LockAsync(string trial)
        {
            var connection = new MySqlConnector.MySqlConnection($"Server=127.0.0.1;Port={server.Port};User ID=root;SslMode=None;Pooling=false");
            await connection.OpenAsync(Stop);
            await using var command = new MySqlConnector.MySqlCommand($"SELECT GET_LOCK('{trial}', 0)", connection);
            await command.ExecuteNonQueryAsync(Stop);
            return connection;
        }

        // A row that was written against the rule: the dump has both.
        public Task BreakAsync() => SqlAsync(
            $"CREATE TABLE {database}.numbers (number int CHECK (number > 0)); SET SESSION check_constraint_checks = 0; "
            + $"INSERT INTO {database}.numbers VALUES (-1)");

        public async ValueTask DisposeAsync() => await SqlAsync($"DROP DATABASE {database}; DROP USER '{User}'@'127.0.0.1'");
    }
#endif
}
#endif
