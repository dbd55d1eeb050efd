namespace Carafe.Data;

/// <summary>
/// Represents a kind of database that <c>DATABASE_URL</c> can name. SQLite and PostgreSQL are built in, MariaDB and MySQL
/// come with <c>Carafe.Data.MySql</c>; add another with <c>services.AddSingleton&lt;DatabaseProvider, OwnProvider&gt;()</c>. One instance serves the app.
/// </summary>
public abstract class DatabaseProvider
{
    /// <summary>Gets the name for people, such as <c>PostgreSQL</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the URL schemes, in lower case, such as <c>postgresql</c> and <c>postgres</c>.</summary>
    public abstract IReadOnlyList<string> Schemes { get; }

    /// <summary>
    /// Gets the annotation by which EF's provider marks a column of a migration whose key the database generates, such as
    /// <c>MySql:ValueGenerationStrategy</c>; null when it needs none. <c>db migrate</c> writes those of all providers, so one migration serves them all.
    /// Default: null.
    /// </summary>
    public virtual KeyValuePair<string, object>? GeneratedKey => null;

    // Whether `db migrate` reads the model as this provider makes it.
    internal virtual bool WritesMigrations => false;

    /// <summary>Creates the database that a URL names; nothing is contacted yet. Called once for each context.</summary>
    /// <param name="url">The URL, whose scheme is one of <see cref="Schemes"/>.</param>
    /// <param name="services">The app's services.</param>
    /// <exception cref="FormatException">A part of the URL is invalid; the message names it and holds no password.</exception>
    public abstract Database Open(DatabaseUrl url, IServiceProvider services);

    /// <summary>Creates a database that is never contacted, for the model of EF's provider. Default: opens <c>scheme://localhost/model</c>.</summary>
    /// <param name="services">The app's services.</param>
    public virtual Database OpenForModel(IServiceProvider services) => Open(DatabaseUrl.Parse($"{Schemes[0]}://localhost/model"), services);

    /// <summary>Validates a URL at the start of the app, when all errors of the configuration are reported. Nothing is contacted.</summary>
    /// <param name="url">The URL, whose scheme is one of <see cref="Schemes"/>.</param>
    /// <exception cref="FormatException">A part of the URL is invalid; the message names it and holds no password.</exception>
    public abstract void Check(DatabaseUrl url);
}
