using System.Security.Claims;
using System.Text;
using Carafe.Connections;
using Carafe.Data;
using Carafe.Tests.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Http;

public sealed partial class IdempotencyTests
{
    private static Task<Answer> PostAsync(TestApp app, string? key, string body = Tea) =>
        app.SendAsync("POST", "/things", Encoding.UTF8.GetBytes(body), headers: key is null ? [] : [("Idempotency-Key", key)]);

    private static async Task<TestApp> StartAsync(string store, bool listen = false, TimeProvider? clock = null)
    {
        var database = store == "memory" ? null : await TestDatabase.CreateAsync(store);
        return await SmallApp.StartAsync(
            Map,
            builder =>
            {
                builder.Services.AddSingleton<Gate>();
                if (clock is not null)
                {
                    builder.Services.AddSingleton(clock);
                }

                if (database is not null)
                {
                    builder.Configuration["DATABASE_URL"] = database.Url;
                    builder.Services.AddDatabase<Keys>();
                    builder.Services.AddIdempotency<Keys>();
                }
            },
            listen: listen);
    }

    private static void Map(WebApplication app)
    {
        var count = 0;
        app.Use(next => context =>
        {
            context.Features.Get<GuardedConnection>()?.ConnectionClosed.Register(() => app.Services.GetRequiredService<Gate>().Left.TrySetResult());
            if (context.Request.Headers["X-User"] is [{ } user])
            {
                context.User = new(new ClaimsIdentity([new("sub", user)], "test"));
            }

            return next(context);
        });
        app.MapPost("/signed-in", (Errors.OrderLine line) => TypedResults.Ok(line)).WithIdempotency();
        app.MapPost("/case/{name}", (string name) => TypedResults.Ok(name)).WithIdempotency(allowAnonymous: true);
        app.MapPost("/things",
            (Errors.OrderLine line) => TypedResults.Created($"/things/{Interlocked.Increment(ref count)}", new Thing(line.ProductTitle) { Version = 1 }))
            .WithETag().WithIdempotency(allowAnonymous: true);
        app.MapPost("/slow", SlowAsync).WithIdempotency(allowAnonymous: true);
        app.MapPost("/strict", (Errors.OrderLine line) => TypedResults.Ok(line)).WithIdempotency(required: true, allowAnonymous: true);
        app.MapPost("/fails", Conflict<string> (Errors.OrderLine _) => TypedResults.Conflict("no")).WithIdempotency(allowAnonymous: true);
        app.MapPost("/crashes", Ok (Errors.OrderLine _) => throw new InvalidOperationException()).WithIdempotency(allowAnonymous: true);
        app.MapPost("/refuses", Ok (Errors.OrderLine _) => throw Abort.NotFound("no")).WithIdempotency(allowAnonymous: true);
    }

    private static async Task<Ok> SlowAsync(Errors.OrderLine line, Gate gate, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => gate.Open.TrySetCanceled(CancellationToken.None));
        if (!gate.Entered.TrySetResult())
        {
            gate.Twice.TrySetResult();
        }

        await gate.Open.Task;
        return line.Count > 0 ? TypedResults.Ok() : throw new InvalidOperationException();
    }

    public record Thing(string Title) : IETagged
    {
        public int Version { get; init; }
    }

    private sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new();

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Twice { get; } = new();

        public TaskCompletionSource Open { get; } = new();
    }

    private sealed class Keys(DbContextOptions<Keys> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureIdempotency();
    }
}
