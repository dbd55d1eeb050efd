using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Data;

/// <summary>
/// An interceptor of commands that only wants to know what is asked of the database. Queries on SQLite pass EF's commands by, which is faster, unless an interceptor could change
/// them or their text is to be logged. Where this is the only interceptor of commands they still do, and it is told here.
/// </summary>
public interface IReadObserver : IDbCommandInterceptor
{
    /// <summary>Told of a query just before it runs, if it is not run as a command of EF's.</summary>
    /// <param name="text">The text of its statement; the values are not in it.</param>
    void Reading(string text);
}
