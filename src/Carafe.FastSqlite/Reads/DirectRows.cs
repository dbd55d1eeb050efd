using System.Collections;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;

namespace Carafe.FastSqlite.Reads;

/// <summary>Represents the rows of a query. Read asynchronously, they need no command of EF Core's.</summary>
internal sealed class DirectRows<T>(RelationalQueryContext context, DirectQuery<T> query) : IAsyncEnumerable<T>, IEnumerable<T>, IRelationalQueryingEnumerable
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        context.CancellationToken = cancellationToken;
        return new DirectEnumerator<T>(context, query, cancellationToken);
    }

    public IEnumerator<T> GetEnumerator() => query.ByEf(context).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public DbCommand CreateDbCommand() => query.ByEf(context).CreateDbCommand();

    public string ToQueryString() => query.ByEf(context).ToQueryString();
}
