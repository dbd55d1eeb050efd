namespace Carafe.Testing;

/// <summary>Represents a database for one test. Disposing it drops the database.</summary>
public interface ITestDatabase : IAsyncDisposable
{
    /// <summary>Gets the <c>DATABASE_URL</c> of the app under test.</summary>
    string Url { get; }
}
