using MySqlConnector;

namespace Microsoft.EntityFrameworkCore.TestUtilities;

/// <summary>A database of a test class on the server that <c>EFSPEC_MYSQL</c> names; one that is not shared is dropped behind the test.</summary>
public class MySqlTestStore : RelationalTestStore
{
    public const int CommandTimeout = 60;

    private readonly bool _seed;

    private MySqlTestStore(string name, bool seed = true, bool shared = true)
        : base(name, shared, new MySqlConnection(StringFor(shared ? name : $"{name}_{Guid.NewGuid():N}"))) => _seed = seed;

    public static string Server { get; } = Environment.GetEnvironmentVariable("EFSPEC_MYSQL")
        ?? throw new InvalidOperationException("EFSPEC_MYSQL is not set: a connection string without a database.");

    public static MySqlTestStore GetOrCreate(string name, bool sharedCache = false) => new(name);

    public static async Task<MySqlTestStore> GetOrCreateInitializedAsync(string name) => await new MySqlTestStore(name).InitializeMySqlAsync(
        new ServiceCollection().AddEntityFrameworkMySql().BuildServiceProvider(validateScopes: true), (Func<DbContext>?)null, null);

    public static MySqlTestStore GetExisting(string name) => new(name, seed: false);

    public static MySqlTestStore Create(string name) => new(name, shared: false);

    protected override string OpenDelimiter => "`";

    protected override string CloseDelimiter => "`";

    public virtual DbContextOptionsBuilder AddProviderOptions(DbContextOptionsBuilder builder, Action<MySqlDbContextOptionsBuilder>? configure)
    {
        return UseConnectionString ? builder.UseMySql(ConnectionString, Configure) : builder.UseMySql(Connection, Configure);

        void Configure(MySqlDbContextOptionsBuilder options)
        {
            options.CommandTimeout(CommandTimeout);
            options.UseQuerySplittingBehavior(QuerySplittingBehavior.SingleQuery);
            configure?.Invoke(options);
        }
    }

    public override DbContextOptionsBuilder AddProviderOptions(DbContextOptionsBuilder builder) => AddProviderOptions(builder, null);

    public async Task<MySqlTestStore> InitializeMySqlAsync(
        IServiceProvider? serviceProvider, Func<DbContext>? createContext, Func<DbContext, Task>? seed) =>
        (MySqlTestStore)await InitializeAsync(serviceProvider, createContext, seed);

    public async Task<MySqlTestStore> InitializeMySqlAsync(
        IServiceProvider serviceProvider, Func<MySqlTestStore, DbContext> createContext, Func<DbContext, Task> seed) =>
        (MySqlTestStore)await InitializeAsync(serviceProvider, () => createContext(this), seed);

    protected override async Task InitializeAsync(Func<DbContext> createContext, Func<DbContext, Task>? seed, Func<DbContext, Task>? clean)
    {
        if (!_seed)
        {
            return;
        }

        await RecreateAsync();
        using var context = createContext();
        await context.Database.EnsureCreatedResilientlyAsync();
        if (seed is not null)
        {
            await seed(context);
        }
    }

    // The database is made anew: as if it had no tables.
    public override async Task CleanAsync(DbContext context)
    {
        await RecreateAsync();
        if (Connection.State == System.Data.ConnectionState.Open)
        {
            await Connection.ChangeDatabaseAsync(new MySqlConnectionStringBuilder(ConnectionString).Database);
        }

        context.Database.EnsureCreated();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await MySqlConnection.ClearPoolAsync(new MySqlConnection(ConnectionString));
        if (!Shared)
        {
            await RunAsync($"DROP DATABASE IF EXISTS `{new MySqlConnectionStringBuilder(ConnectionString).Database}`");
        }
    }

    public int ExecuteNonQuery(string sql, params object[] parameters)
    {
        using var command = CreateCommand(sql, parameters);
        return command.ExecuteNonQuery();
    }

    public T ExecuteScalar<T>(string sql, params object[] parameters)
    {
        using var command = CreateCommand(sql, parameters);
        return (T)command.ExecuteScalar()!;
    }

    private static string StringFor(string name)
    {
        var safe = new string([.. name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_')]);
        return new MySqlConnectionStringBuilder(Server) { Database = safe.Length > 64 ? safe[^64..] : safe }.ConnectionString;
    }

    private static async Task RunAsync(string sql)
    {
        await using var connection = new MySqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private Task RecreateAsync()
    {
        var name = new MySqlConnectionStringBuilder(ConnectionString).Database;
        return RunAsync($"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}` CHARACTER SET utf8mb4");
    }

    private MySqlCommand CreateCommand(string sql, object[] parameters)
    {
        var command = (MySqlCommand)Connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, CommandTimeout);
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters.AddWithValue("@p" + i, parameters[i]);
        }

        return command;
    }
}
