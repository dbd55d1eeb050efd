using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Carafe.Tests.Http;

/// <summary>Entity tags that handlers set by themselves, in every way in which they can: one that was sent to a caller is nobody else's.</summary>
public sealed class HandlerTagTests
{
    private static readonly string[] Ways = ["ok", "results", "json", "text", "bytes", "stream", "file", "weak-file", "own", "weak", "direct", "filter",
        "no-tag", "blueprint/ok", "blueprint/file", "blueprint/weak-file", "tagged/ok", "tagged/file"];

    private static readonly string[] Codings = ["", "gzip", "br"];

    public static TheoryData<string> All => [.. Ways];

    [Theory]
    [MemberData(nameof(All))]
    public async Task No_tag_of_one_caller_is_another_callers(string way)
    {
        await using var app = await SmallApp.StartAsync(Map);
        var sent = new List<(string Caller, string Coding, string Tag)>();
        foreach (var (caller, coding) in from caller in (string[])["", "alice", "bob"] from coding in Codings select (caller, coding))
        {
            var answer = await GetAsync(app, way, caller, coding);
            Assert.Equal(200, answer.Status);
            if (way == "no-tag")
            {
                Assert.False(answer.Headers.ContainsKey("ETag"));
                continue;
            }

            var tag = answer.Headers["ETag"];
            Assert.Matches("^(W/)?\"[^\"]+\\.[0-9a-f]{16}(-gzip|-br)?\"$", tag);
            // All that came before at once, as a cache asks that has kept them.
            Assert.DoesNotContain(sent, other => other.Tag == tag && other.Caller != caller);
            var others = sent.Select(other => other.Tag).Where(other => other != tag).ToArray();
            var all = string.Join(", ", others);
            if (all.Length > 0)
            {
                Assert.Equal((200, tag), await AskAsync(app, way, caller, coding, "If-None-Match", all));
                Assert.Equal(200, (await AskAsync(app, way, caller, coding, "If-None-Match", string.Join(", ", others.Select(Weak)))).Status);
            }

            sent.Add((caller, coding, tag));
            var again = await AskAsync(app, way, caller, coding, "If-None-Match", $"\"other\", {all}{(all.Length > 0 ? ", " : "")}{tag}");
            Assert.Equal(tag, again.Tag);
            // Who compares tags sees their own; a handler that does not compare them has nothing to compare.
            Assert.Equal(way.EndsWith("file", StringComparison.Ordinal) || way is "own" or "weak" or "bytes" or "stream" ? 304 : 200, again.Status);
        }
    }

    [Fact]
    public async Task A_handler_that_compares_tags_itself_is_given_its_own()
    {
        await using var app = await SmallApp.StartAsync(Map);
        var (alice, bob) = ((await GetAsync(app, "own", "alice", "")).Headers["ETag"], (await GetAsync(app, "own", "bob", "")).Headers["ETag"]);
        Assert.Equal("\"5\",\"7\"", (await PutAsync("/own", "alice", $"{alice}, \"7\"")).Body);
        Assert.Equal($"{bob}", (await PutAsync("/own", "alice", bob)).Body);
        // The kit's comparison looks at the state alone, whoever was given it.
        Assert.Equal(200, (await PutAsync("/kit", "alice", alice)).Status);
        Assert.Equal(200, (await PutAsync("/kit", "alice", bob)).Status);
        (await PutAsync("/kit", "alice", alice.Replace("5.", "6.", StringComparison.Ordinal))).IsError(412);

        Task<Answer> PutAsync(string path, string caller, string tag) =>
            app.SendAsync("PUT", path, (byte[]?)null, null, ("X-User", caller), ("If-Match", tag));
    }

    [Theory]
    [InlineData("alice", 206)]
    [InlineData("bob", 200)]
    public async Task A_range_goes_on_with_what_the_same_caller_was_sent(string caller, int status)
    {
        await using var app = await SmallApp.StartAsync(Map);
        foreach (var way in new[] { "file", "blueprint/file", "bytes" })
        {
            var tag = (await GetAsync(app, way, "alice", "")).Headers["ETag"];
            Assert.Equal(status, (await app.SendAsync("GET", $"/{way}", headers: [("X-User", caller), ("Range", "bytes=0-2"), ("If-Range", tag)])).Status);
        }
    }

    private static string Weak(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag : $"W/{tag}";

    private static Task<Answer> GetAsync(TestApp app, string way, string caller, string coding) =>
        app.SendAsync("GET", $"/{way}", headers: [("X-User", caller), ("Accept-Encoding", coding)]);

    private static async Task<(int Status, string Tag)> AskAsync(TestApp app, string way, string caller, string coding, string condition, string tags)
    {
        var answer = await app.SendAsync("GET", $"/{way}", headers: [("X-User", caller), ("Accept-Encoding", coding), (condition, tags)]);
        return (answer.Status, answer.Headers["ETag"]);
    }

    private static void Map(WebApplication app)
    {
        app.Use(next => context =>
        {
            if (context.Request.Headers["X-User"] is [{ Length: > 0 } name])
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", name)], "test"));
            }

            return next(context);
        });
        Ways(app);
        app.MapBlueprint<Block>("/blueprint");
        Ways(app.MapGroup("/tagged").WithETag());
        app.MapGet("/filter", (HttpContext context) => TypedResults.Ok(Text(context))).AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers.ETag = "\"5\"";
            return next(context);
        });
        app.MapPut("/own", (HttpRequest request) => request.Headers.IfMatch.ToString());
        app.MapPut("/kit", (Preconditions preconditions) =>
        {
            preconditions.ThrowIfFailed(new EntityTagHeaderValue("\"5\""));
            return TypedResults.Ok(new Said("done"));
        });

        static void Ways(IEndpointRouteBuilder routes)
        {
            var tag = new EntityTagHeaderValue("\"5\"");
            routes.MapGet("/no-tag", (HttpContext context) => TypedResults.Ok(Text(context)));
            routes.MapGet("/ok", Ok<Said> (HttpContext context) => TypedResults.Ok(Tagged(context)));
            routes.MapGet("/results", IResult (HttpContext context) => Results.Ok(Tagged(context)));
            routes.MapGet("/json", (HttpContext context) => TypedResults.Json(Tagged(context)));
            routes.MapGet("/text", (HttpContext context) => Tagged(context).Text);
            routes.MapGet("/bytes", (HttpContext context) => TypedResults.Bytes(Bytes(context), "text/plain", enableRangeProcessing: true, entityTag: tag));
            routes.MapGet("/stream", (HttpContext context) => TypedResults.Stream(new MemoryStream(Bytes(context)), "text/plain", entityTag: tag));
            routes.MapGet("/file", (HttpContext context) => Results.File(Bytes(context), "text/plain", enableRangeProcessing: true, entityTag: tag));
            routes.MapGet("/weak-file", (HttpContext context) => Results.File(Bytes(context), "text/plain", entityTag: new("\"5\"", isWeak: true)));
            routes.MapGet("/own", (HttpContext context) => Own(context, "\"5\""));
            routes.MapGet("/weak", (HttpContext context) => Own(context, "W/\"5\""));
            routes.MapGet("/direct", (HttpContext context) =>
            {
                context.Response.ContentType = "text/plain";
                context.Response.Headers.ETag = "\"5\"";
                return context.Response.Body.WriteAsync(Bytes(context)).AsTask();
            });
        }
    }

    // As a tutorial has it.
    private static IResult Own(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = new StringValues(tag);
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(sent => sent.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false))
            ? Results.StatusCode(304)
            : Results.Ok(Text(context));
    }

    private static Said Tagged(HttpContext context)
    {
        context.Response.Headers.ETag = "\"5\"";
        return Text(context);
    }

    private static Said Text(HttpContext context) => new($"what only {context.User.FindFirst("sub")?.Value ?? "a stranger"} may see");

    private static byte[] Bytes(HttpContext context) => Encoding.UTF8.GetBytes(Text(context).Text);

    private sealed record Said(string Text);

    private sealed class Block : IBlueprint
    {
        public static string Name => "block";

        public static void Map(RouteGroupBuilder routes)
        {
            var tag = new EntityTagHeaderValue("\"5\"");
            routes.MapGet("/ok", Ok<Said> (HttpContext context) => TypedResults.Ok(Tagged(context)));
            routes.MapGet("/file", (HttpContext context) => TypedResults.Bytes(Bytes(context), "text/plain", enableRangeProcessing: true, entityTag: tag));
            routes.MapGet("/weak-file", (HttpContext context) => TypedResults.Bytes(Bytes(context), "text/plain", entityTag: new("\"5\"", isWeak: true)));
        }
    }
}
