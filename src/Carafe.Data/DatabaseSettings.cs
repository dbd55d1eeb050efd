namespace Carafe.Data;

/// <summary>Where the data is.</summary>
public sealed class DatabaseSettings
{
    /// <summary>
    /// <c>DATABASE_URL</c>: <c>sqlite:///relative.db</c> (from the content root), <c>sqlite:////absolute.db</c>, <c>sqlite:///:memory:</c> or
    /// <c>postgresql://user:password@host:5432/name</c>. Default <c>sqlite:///dev.db</c> in Development and <c>sqlite:///:memory:</c> in Testing; required elsewhere.
    /// </summary>
    public string DatabaseUrl { get; set; } = "";
}
