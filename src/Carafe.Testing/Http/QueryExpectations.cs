namespace Carafe.Testing;

/// <summary>Says how many SQL commands a request may cost, so that one query for each row of a list is a red test.</summary>
public static class QueryExpectations
{
    /// <summary>
    /// Fails when a request sends more than a number of SQL commands to the database: <c>await app.ExpectQueries(1, () =>
    /// app.Client.GetAsync("/posts/1")).Expect(200)</c>. Requests that run at the same time are counted as well.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="atMost">The budget. Commands that begin and end a transaction do not count.</param>
    /// <param name="send">Sends the request.</param>
    /// <exception cref="UnexpectedResponseException">There were more; the message contains their SQL.</exception>
    public static async Task<HttpResponseMessage> ExpectQueries(this TestApp app, int atMost, Func<Task<HttpResponseMessage>> send)
    {
        var queries = app.Services.GetRequiredService<QueryLog>().Begin();
        var response = await send();
        await response.Content.LoadIntoBufferAsync();
        var sent = queries.ToArray();
        var request = response.RequestMessage!;
        return sent.Length <= atMost
            ? response
            : throw new UnexpectedResponseException(
                $"{request.Method} {request.RequestUri?.PathAndQuery}: expected at most {atMost} queries, got " +
                $"{sent.Length}:{string.Concat(sent.Select(sql => $"{Environment.NewLine}{sql}"))}");
    }
}
