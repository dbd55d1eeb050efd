// What happens to the tokens when a renewal goes wrong, with a server of this process: each step says what it responds to the renewal, and when.
using System.Net.Sockets;
using MyApi.Client;

internal static class Renewal
{
    private static readonly Tokens Expired = new("expired", "first");
    private static readonly Tokens Fresh = new("fresh", "second");

    public static async Task RunAsync()
    {
        await A_caller_that_cancels_leaves_the_renewal_to_the_others();
        await All_who_wait_get_the_failure_and_the_tokens_are_kept();
        await All_who_wait_get_a_response_of_their_own_when_the_server_is_away();
        await Json_is_sent_again_with_the_new_token();
        await A_renewal_without_tokens_is_a_failure_and_the_tokens_are_kept();
        await A_401_about_something_else_renews_nothing();
        await No_redirect_is_followed();
    }

    private static async Task A_caller_that_cancels_leaves_the_renewal_to_the_others()
    {
        using var server = new Server();
        using var first = new CancellationTokenSource();
        var (one, two) = (server.GetAsync(first.Token), server.GetAsync());
        await server.Renewing;
        await first.CancelAsync();
        await Throws<OperationCanceledException>(one);
        server.Renewed.SetResult(Json(HttpStatusCode.OK, Fresh));
        Check((await two).StatusCode == HttpStatusCode.OK && server.Renewals == 1 && server.Session.Tokens == Fresh, "renewed once, for who waited");
    }

    private static async Task All_who_wait_get_the_failure_and_the_tokens_are_kept()
    {
        using var server = new Server();
        var (one, two) = (server.GetAsync(), server.GetAsync());
        await server.Renewing;
        server.Renewed.SetException(new HttpRequestException("The response was lost."));
        await Throws<HttpRequestException>(one);
        await Throws<HttpRequestException>(two);
        Check(server.Renewals == 1 && server.Session.Tokens == Expired, "the refresh token was sent once, and kept");
    }

    private static async Task All_who_wait_get_a_response_of_their_own_when_the_server_is_away()
    {
        using var server = new Server();
        var (one, two) = (server.GetAsync(), server.GetAsync());
        await server.Renewing;
        server.Renewed.SetResult(Json(HttpStatusCode.ServiceUnavailable, Fresh));
        foreach (var call in new[] { one, two })
        {
            using var response = await call;
            var body = await response.Content.ReadFromJsonAsync<Tokens>();
            Check(response.StatusCode == HttpStatusCode.ServiceUnavailable && body == Fresh, "503 as it was sent");
        }

        Check(server.Renewals == 1 && server.Session.Tokens == Expired, "the refresh token was sent once, and kept");
    }

    private static async Task Json_is_sent_again_with_the_new_token()
    {
        using var server = new Server();
        var post = server.PostAsync(JsonContent.Create("body"));
        await server.Renewing;
        server.Renewed.SetResult(Json(HttpStatusCode.OK, Fresh));
        Check(await (await post).Content.ReadAsStringAsync() == "\"body\"", "JSON was sent again");
    }

    private static async Task A_renewal_without_tokens_is_a_failure_and_the_tokens_are_kept()
    {
        foreach (var body in new[] { "<html>", "{}", "null", "" })
        {
            using var server = new Server();
            var get = server.GetAsync();
            await server.Renewing;
            server.Renewed.SetResult(new(HttpStatusCode.OK) { Content = new StringContent(body) });
            await Throws<HttpRequestException>(get);
            Check(server.Renewals == 1 && server.Session.Tokens == Expired, "the tokens were kept");
        }
    }

    private static async Task A_401_about_something_else_renews_nothing()
    {
        using var server = new Server { Challenge = "Bearer" };
        Check((await server.GetAsync()).StatusCode == HttpStatusCode.Unauthorized && server.Renewals == 0, "a wrong password is no expired token");
    }

    private static async Task No_redirect_is_followed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        using var client = new HttpMessageInvoker(new ApiHandler(new(address)) { Tokens = Fresh });
        var get = client.SendAsync(new(HttpMethod.Get, $"{address}/posts"), CancellationToken.None);
        using var connection = await listener.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        Check((await get).StatusCode == HttpStatusCode.Found, "the caller got the redirect");
        Check(Refuses(new SocketsHttpHandler()) && Refuses(new HttpClientHandler()), "a handler that follows redirects is refused");
    }

    private static bool Refuses(HttpMessageHandler inner)
    {
        try
        {
            return new ApiHandler(new("http://api.test"), inner) is null;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static HttpResponseMessage Json<T>(HttpStatusCode status, T body) => new(status) { Content = JsonContent.Create(body) };

    private static async Task Throws<T>(Task call) where T : Exception
    {
        try
        {
            await call;
        }
        catch (T)
        {
            return;
        }

        throw new InvalidOperationException($"No {typeof(T).Name}.");
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Not so: {what}.");
        }
    }

    private sealed class Server : HttpMessageHandler
    {
        private readonly TaskCompletionSource _renewing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly HttpMessageInvoker _client;

        public Server()
        {
            Session = new(new("http://api.test"), this) { Tokens = Expired };
            _client = new(Session, disposeHandler: false);
        }

        public ApiHandler Session { get; }

        public string Challenge { get; init; } = "Bearer error=\"invalid_token\", error_description=\"The token has expired.\"";

        public Task Renewing => _renewing.Task;

        public TaskCompletionSource<HttpResponseMessage> Renewed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Renewals { get; private set; }

        public Task<HttpResponseMessage> GetAsync(CancellationToken cancellationToken = default) =>
            _client.SendAsync(new(HttpMethod.Get, "http://api.test/posts"), cancellationToken);

        public Task<HttpResponseMessage> PostAsync(HttpContent content) =>
            _client.SendAsync(new(HttpMethod.Post, "http://api.test/posts") { Content = content }, CancellationToken.None);

        // The 401 comes at once, so a call that has returned its task waits for the renewal.
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var token = request.Headers.Authorization?.Parameter;
            if (token == Expired.RefreshToken)
            {
                Renewals++;
                _renewing.SetResult();
                return await Renewed.Task.WaitAsync(cancellationToken);
            }

            return token == Fresh.AccessToken
                ? new(HttpStatusCode.OK) { Content = new StringContent(body) }
                : new(HttpStatusCode.Unauthorized) { Headers = { { "WWW-Authenticate", Challenge } } };
        }
    }
}
