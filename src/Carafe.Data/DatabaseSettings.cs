using System.ComponentModel.DataAnnotations;

namespace Carafe.Data;

/// <summary>Where the data is.</summary>
public sealed class DatabaseSettings
{
    /// <summary>
    /// <c>DATABASE_URL</c>: <c>sqlite:///relative.db</c> (from the content root), <c>sqlite:////absolute.db</c>, <c>sqlite:///:memory:</c> or
    /// <c>postgresql://user:password@host:5432/name</c>. Default <c>sqlite:///dev.db</c> in Development and <c>sqlite:///:memory:</c> in Testing;
    /// required elsewhere.
    /// </summary>
    public string DatabaseUrl { get; set; } = "";

    /// <summary>
    /// <c>SQLITE_SYNCHRONOUS</c>: <c>FULL</c> (default) or <c>NORMAL</c>. FULL keeps every write that was answered. NORMAL is faster and may lose the last ones
    /// when the machine (not just the process) goes down: a logout, for one, could be undone.
    /// </summary>
    [RegularExpression("FULL|NORMAL")]
    public string SqliteSynchronous { get; set; } = "FULL";

    /// <summary>
    /// <c>SQLITE_FAST</c>: whether contexts on SQLite share prepared connections and commits (Carafe.FastSqlite). Default true. With false EF Core works as it does by itself.
    /// </summary>
    public bool SqliteFast { get; set; } = true;

    /// <summary>
    /// <c>MIGRATE_ON_START</c>: applies pending migrations before the server starts. Default true in Development and Testing, false elsewhere: there,
    /// run <c>db upgrade</c> as a step of the deployment.
    /// </summary>
    public bool? MigrateOnStart { get; set; }

    /// <summary>
    /// <c>DATABASE_TIMEOUT</c>: for how many seconds PostgreSQL may leave a statement without an answer before it is ended with 503. Default 2, so
    /// that a server that
    /// hangs is 503 within 5 seconds. A query that needs longer says so: <c>db.Database.SetCommandTimeout(60)</c>. The <c>db</c> commands have 10 minutes.
    /// </summary>
    [Range(1, 3600)]
    public int DatabaseTimeout { get; set; } = 2;

    // A command has nobody who waits for an answer within seconds, and the time to wait for a machine that is busy.
    internal bool IsCommand { get; set; }
}
