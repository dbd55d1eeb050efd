using Carafe.Tests.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.FileProviders;

namespace Carafe.Tests.Auth;

/// <summary>Whatever the order of an app's lines: it does not start, or nobody gets what is closed without signing in.</summary>
public sealed class PipelineOrderTests : IDisposable
{
    private const string Secret = "what only members may read";

    private readonly string _folder = Directory.CreateTempSubdirectory("carafe-order").FullName;

    public PipelineOrderTests() => File.WriteAllText(Path.Combine(_folder, "secret.txt"), Secret);

    private Dictionary<string, Action<WebApplication>> Things => new()
    {
        ["static files"] = app => app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(_folder) }),
        ["a file server"] = app =>
        app.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(_folder), EnableDirectoryBrowsing = true }),
        ["a Map branch"] = app => app.Map("/secret.txt", branch => branch.Run(WriteAsync)),
        ["a MapWhen branch"] = app => app.MapWhen(IsSecret, branch => branch.Run(WriteAsync)),
        ["a UseWhen branch"] = app => app.UseWhen(IsSecret, branch => branch.Run(WriteAsync)),
        ["middleware that answers"] = app => app.Use((context, next) => IsSecret(context) ? WriteAsync(context) : next(context)),
        ["terminal middleware"] = app => app.Run(WriteAsync),
        ["an endpoint set by hand"] = app => app.Use((context, next) =>
        {
            context.SetEndpoint(IsSecret(context) ? new Endpoint(WriteAsync, EndpointMetadataCollection.Empty, "by hand") : context.GetEndpoint());
            return next(context);
        }),
        ["a branch with endpoints of its own"] = app => app.Map("/secret.txt", branch => branch.UseRouting().UseEndpoints(MapSecret)),
        ["WebSockets"] = app => app.UseWebSockets().Use((context, next) => IsSecret(context) ? WriteAsync(context) : next(context)),
    };

    public static TheoryData<string, string> Orders()
    {
        var orders = new TheoryData<string, string>();
        using var tests = new PipelineOrderTests();
        foreach (var thing in tests.Things.Keys)
        {
            foreach (var order in (string[])["C A T", "C T A", "T C A", "A C T", "A T C", "T A C", "C T", "T C", "A T", "T A", "T"])
            {
                orders.Add(thing, order);
            }
        }

        return orders;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Nobody_reads_what_is_closed_without_signing_in(string thing, string order)
    {
        await using var app = await StartAsync(order, Things[thing]);
        if (app is not null)
        {
            Assert.DoesNotContain(Secret, await ReadAsync(app, "/secret.txt"), StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, await ReadAsync(app, "/closed"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("static files")]
    [InlineData("a Map branch")]
    [InlineData("middleware that answers")]
    [InlineData("an endpoint set by hand")]
    public async Task What_follows_UseAuth_is_401_to_a_stranger_and_there_for_members(string thing)
    {
        await using var auth = await AuthApp.StartAsync(map: Things[thing]);
        using var refused = await auth.GetAsync("/secret.txt");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("token_missing", (string?)(await AuthApp.BodyAsync(refused))["reason"]);
        using var served = await auth.GetAsync("/secret.txt", (await auth.LoginAsync()).AccessToken);
        Assert.Equal(Secret, await served.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Where_nothing_follows_the_routers_answers_stay_what_they_are()
    {
        await using var app = await AuthApp.StartAsync(map: server => server.MapPost("/json", (Person person) => person.Username).AllowAnonymous());
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await app.SendAsync(HttpMethod.Delete, "/me")).StatusCode);
        using var text = new StringContent("text");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await app.Client.PostAsync("/json", text, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("C", "app.UseAuth() is missing")]
    [InlineData("", "app.UseAuth() is missing")]
    [InlineData("A", "app.UseCarafe() is missing")]
    [InlineData("A C", "Move app.UseAuth() to the line after app.UseCarafe()")]
    [InlineData("C T A", "Move app.UseAuth() up to the line after app.UseCarafe()")]
    [InlineData("C A A", "more than once")]
    public async Task The_start_says_which_line_to_move_with_all_other_faults(string order, string advice)
    {
        var faults = (await Assert.ThrowsAsync<ConfigurationException>(() => TestApp.StartAsync(
            (args, setUp) => Create(args, setUp, order, app => app.UseStaticFiles()),
            builder => builder.Configuration["PASSWORD_MIN_LENGTH"] = "0"))).Errors;
        Assert.Contains(faults, fault => fault.Contains(advice, StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("PASSWORD_MIN_LENGTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("C P A", true)]
    [InlineData("P C A", false)]
    [InlineData("C A P", false)]
    public async Task What_only_lets_pass_may_stand_before_UseCarafe_and_after_UseAuth(string order, bool refused)
    {
        await using var app = await StartAsync(order, app => app.UseStaticFiles());
        Assert.Equal(refused, app is null);
        if (app is not null)
        {
            Assert.Contains("401", await ReadAsync(app, "/closed"), StringComparison.Ordinal);
            Assert.Equal("open", await ReadAsync(app, "/open"));
            Assert.Contains("401", await ReadAsync(app, "/late"), StringComparison.Ordinal);
        }
    }

    private static void MapSecret(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("", () => Secret);
    }

    private static bool IsSecret(HttpContext context) => context.Request.Path.StartsWithSegments("/secret.txt", StringComparison.Ordinal);

    private static Task WriteAsync(HttpContext context) => context.Response.WriteAsync(Secret);

    private static async Task<TestApp?> StartAsync(string order, Action<WebApplication> thing)
    {
        try
        {
            return await TestApp.StartAsync((args, setUp) => Create(args, setUp, order, thing));
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private static async Task<string> ReadAsync(TestApp app, string path)
    {
        try
        {
            using var answer = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);
            return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        catch (InvalidOperationException refused)
        {
            // The server in memory hands the app's exceptions on. Kestrel answers 500.
            return refused.Message;
        }
    }

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure, string order, Action<WebApplication> thing)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddDbContext<AuthDb>(db => db.UseSqlite("Data Source=:memory:"));
        builder.Services.WithoutProviderCount().AddAuth<AuthDb, Person>();
        configure?.Invoke(builder);
        var app = builder.Build();
        foreach (var step in order.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = step switch { "C" => app.UseCarafe(), "A" => app.UseAuth(), "P" => Pass(app), _ => Use(app, thing) };
        }

        app.MapGet("/closed", () => Secret);
        app.MapGet("/open", () => "open").AllowAnonymous();
        ((IEndpointRouteBuilder)app).DataSources.Add(new LateEndpoints());
        return app;
    }

    private static WebApplication Use(WebApplication app, Action<WebApplication> thing)
    {
        thing(app);
        return app;
    }

    private static WebApplication Pass(WebApplication app)
    {
        app.Use((context, next) => next(context));
        return app;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Says nothing of authorization, and comes from a source of its own.
    private sealed class LateEndpoints : EndpointDataSource
    {
        public override IReadOnlyList<Endpoint> Endpoints { get; } =
            [new RouteEndpoint(WriteAsync, Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/late"), 0, EndpointMetadataCollection.Empty,
                "late")];

        public override Microsoft.Extensions.Primitives.IChangeToken GetChangeToken() => new Microsoft.Extensions.Primitives.CancellationChangeToken(default);
    }
}
