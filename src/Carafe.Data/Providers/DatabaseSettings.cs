using System.ComponentModel.DataAnnotations;
using Carafe.Configuration;
using Carafe.Data.Providers;

namespace Carafe.Data;

/// <summary>Holds the settings of the database.</summary>
public sealed class DatabaseSettings : IEnvironmentDefaults
{
    /// <summary>
    /// Gets <c>DATABASE_URL</c>: <c>sqlite:///relative.db</c> (from the content root), <c>sqlite:////absolute.db</c>, <c>sqlite:///:memory:</c> or
    /// <c>postgresql://user:password@host:5432/name</c>; with Carafe.Data.MySql also <c>mysql://</c> and <c>mariadb://</c>. Empty is
    /// <c>sqlite:///dev.db</c> in Development, <c>sqlite:///:memory:</c> in Testing, and an error elsewhere. Default: empty.
    /// </summary>
    public string DatabaseUrl { get; init; } = "";

    /// <summary>
    /// Gets <c>SQLITE_SYNCHRONOUS</c>: <c>FULL</c> or <c>NORMAL</c>. FULL keeps every write that got a response. NORMAL is faster and may lose
    /// the last ones when the machine (not just the process) goes down, so a logout could be undone. Default: FULL.
    /// </summary>
    [RegularExpression("FULL|NORMAL", MatchTimeoutInMilliseconds = -1)]
    public string SqliteSynchronous { get; init; } = "FULL";

    /// <summary>
    /// Gets <c>SQLITE_FAST</c>: whether contexts on SQLite share prepared connections and commits (Carafe.FastSqlite). With false EF Core
    /// works as it does by itself. Default: true.
    /// </summary>
    public bool SqliteFast { get; init; } = true;

    /// <summary>
    /// Gets <c>MIGRATE_ON_START</c>: whether pending migrations are applied before the server starts. Elsewhere run <c>db upgrade</c> as a step
    /// of the deployment. Default: true in Development and Testing, false elsewhere.
    /// </summary>
    public bool? MigrateOnStart { get; init; }

    /// <summary>
    /// Gets <c>DATABASE_TIMEOUT</c>: how many seconds a statement on PostgreSQL, MariaDB or MySQL may take before the response is 503. A longer query
    /// sets its own: <c>db.Database.SetCommandTimeout(60)</c>. The <c>db</c> commands have 10 minutes. Default: 2, so a server that hangs is 503 within 5 s.
    /// </summary>
    [Range(1, 3600)]
    public int DatabaseTimeout { get; init; } = 2;

    string? IEnvironmentDefaults.Default(string name, IHostEnvironment environment) => name switch
    {
        nameof(DatabaseUrl) => DatabaseDefaults.Url(this, environment),
        nameof(MigrateOnStart) => environment.IsDevelopment() || environment.IsTesting() ? "true" : "false",
        _ => null,
    };
}
