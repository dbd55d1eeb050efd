namespace Carafe.Testing;

/// <summary>A database for one test. Disposing drops it.</summary>
public interface ITestDatabase : IAsyncDisposable
{
    /// <summary>The <c>DATABASE_URL</c> of the app under test.</summary>
    string Url { get; }
}
