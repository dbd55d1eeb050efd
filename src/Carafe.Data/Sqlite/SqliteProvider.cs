namespace Carafe.Data.Sqlite;

/// <summary>The provider of <c>sqlite:</c> URLs.</summary>
internal sealed class SqliteProvider : DatabaseProvider
{
    public override string Name => "SQLite";

    public override IReadOnlyList<string> Schemes { get; } = ["sqlite"];

    public override KeyValuePair<string, object>? GeneratedKey => new("Sqlite:Autoincrement", true);

    public override Database Open(DatabaseUrl url, IServiceProvider services)
    {
        var settings = services.GetRequiredService<DatabaseSettings>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Carafe.Data");
        if (url.Name == ":memory:")
        {
            return new SqliteDatabase(null, settings.SqliteSynchronous, settings.SqliteFast, logger);
        }

        var path = services.GetRequiredService<DataFolder>().Resolve(url.Name);
        PrivateFiles.Warn(logger, path, $"{path}-wal", $"{path}-shm");
        return new SqliteDatabase(path, settings.SqliteSynchronous, settings.SqliteFast, logger);
    }

    public override Database OpenForModel(IServiceProvider services) => Open(DatabaseUrl.Parse("sqlite:///:memory:"), services);

    public override void Check(DatabaseUrl url)
    {
        if (url.Host is not null || url.User is not null)
        {
            throw new FormatException("a SQLite URL has no host: write sqlite:///file.db for a relative path and sqlite:////path/file.db for an absolute one.");
        }

        if (url.Name.Length == 0)
        {
            throw new FormatException("the path is missing: expected sqlite:///file.db.");
        }

        if (url.Options.Keys.FirstOrDefault() is { } option)
        {
            throw new FormatException($"SQLite has no option '{option}'.");
        }
    }
}
