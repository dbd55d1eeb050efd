namespace Carafe.Data;

/// <summary>
/// A kind of database that <c>DATABASE_URL</c> can name. SQLite and PostgreSQL are built in; add another with
/// <c>services.AddSingleton&lt;DatabaseProvider, MySqlProvider&gt;()</c>. One instance serves the app.
/// </summary>
public abstract class DatabaseProvider
{
    /// <summary>What people call it, such as <c>PostgreSQL</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The URL schemes that mean it, in lower case, such as <c>postgresql</c> and <c>postgres</c>.</summary>
    public abstract IReadOnlyList<string> Schemes { get; }

    /// <summary>
    /// The annotation by which EF's provider marks a column of a migration whose key the database generates, such as <c>MySql:ValueGenerationStrategy</c>; null
    /// when it needs none. <c>db migrate</c> writes those of all providers, so that one migration serves them all.
    /// </summary>
    public virtual KeyValuePair<string, object>? GeneratedKey => null;

    /// <summary>Makes the database that a URL names; nothing is contacted yet. Called once for each context.</summary>
    /// <param name="url">The URL, whose scheme is one of <see cref="Schemes"/>.</param>
    /// <param name="services">The app's services.</param>
    /// <exception cref="FormatException">A part of the URL makes no sense; the message names it and holds no password.</exception>
    public abstract Database Open(DatabaseUrl url, IServiceProvider services);

    /// <summary>Makes a database that is never contacted, for what EF's provider makes of the model. Opens <c>scheme://localhost/model</c> unless overridden.</summary>
    /// <param name="services">The app's services.</param>
    public virtual Database OpenForModel(IServiceProvider services) => Open(DatabaseUrl.Parse($"{Schemes[0]}://localhost/model"), services);

    /// <summary>Checks a URL at the start of the app, when every fault of the configuration is told. Nothing is contacted.</summary>
    /// <param name="url">The URL, whose scheme is one of <see cref="Schemes"/>.</param>
    /// <exception cref="FormatException">A part of the URL makes no sense; the message names it and holds no password.</exception>
    public abstract void Check(DatabaseUrl url);
}
