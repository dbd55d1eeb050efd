using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Time.Testing;

namespace Carafe.Testing;

/// <summary>
/// Represents a real app from the real factory, served in memory: its own database, its own folder for what it writes, its own clock, no port. Start one
/// for each test; they share nothing.
/// </summary>
public sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ITestDatabase _database;
    private readonly string _folder;
    private readonly LogCapture _log;
    private readonly bool _listens;
    private readonly List<HttpClient> _clients = [];

    private TestApp(WebApplication app, ITestDatabase database, string folder, FakeTimeProvider clock, LogCapture log, bool listens)
    {
        (_app, _database, _folder, _log, Clock, _listens) = (app, database, folder, log, clock, listens);
        Client = CreateClient();
    }

    /// <summary>Gets an anonymous client.</summary>
    public HttpClient Client { get; }

    /// <summary>Gets the app's clock. It starts at 2026-01-01 00:00 UTC and moves only when a test moves it.</summary>
    public FakeTimeProvider Clock { get; }

    /// <summary>Gets the app's services. Get scoped ones from a scope: see <see cref="WithAsync{TService}"/>.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Gets the tasks of the app, for one that has <c>AddTasks</c>.</summary>
    public TestTasks Tasks => field ??= new TestTasks(this);

    /// <summary>Gets what the app logged at Warning and above, oldest first.</summary>
    public IReadOnlyList<string> Log => _log.Lines;

    /// <summary>
    /// Starts an app in the Testing environment on a database of its own. Settings come from <paramref name="configure"/> and <c>.env.Testing</c> alone.
    /// </summary>
    /// <param name="create">The application factory, such as <c>MyApp.Create</c> or a lambda.</param>
    /// <param name="configure">Sets settings and services for this test; it runs last.</param>
    /// <param name="database">The database; it is dropped with the app. Default: a SQLite file.</param>
    /// <param name="listen">Whether to serve on a free port of 127.0.0.1 with Kestrel, for what only a real server shows. Default: false, in memory.</param>
    public static async Task<TestApp> StartAsync(
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> create, Action<WebApplicationBuilder>? configure = null, ITestDatabase? database = null,
        bool listen = false)
    {
        database ??= await SqliteTestDatabase.CreateAsync(create);
        WebApplication? app = null;
        var clock = TestClock.Create();
        var log = new LogCapture();
        var folder = Directory.CreateTempSubdirectory("carafe-app-").FullName;
        try
        {
            app = create(["--environment", "Testing"], builder =>
            {
                _ = listen ? builder.WebHost.UseUrls("http://127.0.0.1:0") : builder.WebHost.UseTestServer();
                builder.Configuration.AddInMemoryCollection([new("DATABASE_URL", database.Url), new("DATA_FOLDER", folder)]);
                builder.Services.AddSingleton<TimeProvider>(clock);
                builder.Services.AddQueryLog();
                builder.Services.AddSingleton<ErrorRecorder>();
                builder.Services.AddSingleton<IStartupFilter>(provider => provider.GetRequiredService<ErrorRecorder>());
                builder.Logging.ClearProviders().AddProvider(log);
                configure?.Invoke(builder);
            });
            await app.StartAsync();
            return new TestApp(app, database, folder, clock, log, listen);
        }
        catch
        {
            await (app?.DisposeAsync() ?? ValueTask.CompletedTask);
            await database.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Finds the app that a request of one of its clients belongs to.</summary>
    internal static readonly HttpRequestOptionsKey<TestApp> Key = new("Carafe.TestApp");

    /// <summary>Checks each response to this app's clients.</summary>
    internal Func<HttpResponseMessage, CancellationToken, Task>? ResponseCheck { get; set; }

    /// <summary>Creates a plain client; dispose of it or leave it to the app.</summary>
    public HttpClient CreateClient()
    {
        var client = new HttpClient(
            new TestHandler(this, _listens ? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false } : _app.GetTestServer().CreateHandler()))
        {
            BaseAddress = new Uri(_listens ? _app.Urls.First() : "http://localhost"),
        };
        _clients.Add(client);
        return client;
    }

    /// <summary>Runs an action with a service in a scope of its own, such as with the app's DbContext.</summary>
    /// <param name="work">The action.</param>
    public async Task WithAsync<TService>(Func<TService, Task> work)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Returns the result of a function with a service in a scope of its own.</summary>
    /// <param name="work">The action.</param>
    public async Task<TResult> WithAsync<TService, TResult>(Func<TService, Task<TResult>> work)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Stops the app and drops its database and its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Lets a failed expectation show what the server logged.
    private sealed class TestHandler(TestApp app, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Options.Set(Key, app);
            if (request.Content is TestJsonContent json)
            {
                json.App = app;
            }

            var response = await base.SendAsync(request, cancellationToken);
            app.Services.GetRequiredService<ErrorRecorder>().Take(response);
            await (app.ResponseCheck?.Invoke(response, cancellationToken) ?? Task.CompletedTask);
            return response;
        }
    }
}
