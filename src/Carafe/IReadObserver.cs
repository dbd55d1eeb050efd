namespace Carafe;

/// <summary>
/// Implemented by an interceptor of database commands that neither changes queries nor stops them. Carafe.Data runs queries on SQLite without making commands of them, which is
/// faster, unless there is an interceptor of commands that does not implement this. Other commands are intercepted as ever.
/// </summary>
public interface IReadObserver
{
    /// <summary>Told of a query just before it runs, if no command is made of it. Does nothing unless implemented.</summary>
    /// <param name="text">The text of its statement; the values are not in it.</param>
    void Reading(string text)
    {
    }
}
