using Carafe.Binding;
using Carafe.Bodies;
using Microsoft.AspNetCore.Http.Features;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Blueprints;

/// <summary>Marks an endpoint with a hook. The outermost group's come first, each group's in the order of their calls.</summary>
internal sealed record BeforeHook(Func<HttpContext, ValueTask<IResult?>> Run);

/// <summary>Marks an endpoint as <see cref="BeforeHook"/> does; the hooks run in reverse order.</summary>
internal sealed record AfterHook(Func<HttpContext, Task> Run);

internal static class BlueprintHooks
{
    /// <summary>Puts the before-hooks in front of the handler, once, however many groups have some.</summary>
    public static void Guard(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is not { } handler || handler.Target is Guarded)
        {
            return;
        }

        endpoint.RequestDelegate = new Guarded(handler, [.. endpoint.Metadata.OfType<BeforeHook>()]).RunAsync;
    }

    /// <summary>Returns whether a handler has before-hooks; they run before its parameters are read.</summary>
    public static bool IsGuarded(RequestDelegate handler) => handler.Target is Guarded;

    /// <summary>Runs the endpoint's after-hooks. It is placed before authorization, so its refusals run them too.</summary>
    public static RequestDelegate AfterAround(Endpoint endpoint, RequestDelegate next) =>
        endpoint.Metadata.GetOrderedMetadata<AfterHook>() is { Count: > 0 } hooks ? context => new HookedResponse(context, hooks).RunAsync(next) : next;

    private sealed class Guarded(RequestDelegate handler, BeforeHook[] hooks)
    {
        public async Task RunAsync(HttpContext context)
        {
            foreach (var hook in hooks)
            {
                if (await hook.Run(context) is { } result)
                {
                    await result.ExecuteAsync(context);
                    return;
                }
            }

            var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            await (context.GetEndpoint() is { } endpoint && EndpointInfo.For(endpoint, json).ParameterReader is { } reader
                ? reader.RunAsync(context, handler)
                : handler(context));
        }
    }

    private sealed class HookedResponse(HttpContext context, IReadOnlyList<AfterHook> hooks)
    {
        private bool _ran;

        public async Task RunAsync(RequestDelegate next)
        {
            var inner = context.Features.Get<IHttpResponseBodyFeature>()!;
            var body = new DelayedResponseBody(inner, HooksAsync);
            context.Features.Set<IHttpResponseBodyFeature>(body);
            try
            {
                await next(context);
                await body.ReleaseAsync();
            }
            catch when (!context.Response.HasStarted)
            {
                // The error is written further out, after all headers have been cleared.
                context.Response.OnStarting(LastAsync);
                throw;
            }
            finally
            {
                context.Features.Set(inner);
            }
        }

        private async Task HooksAsync()
        {
            if (_ran)
            {
                return;
            }

            _ran = true;
            foreach (var hook in hooks.Reverse())
            {
                await hook.Run(context);
            }
        }

        private async Task LastAsync()
        {
            try
            {
                await HooksAsync();
            }
            catch (Exception error)
            {
                // The response is an error already and has started; only the log is left.
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BlueprintHooks))
                    .LogError(error, "An after-hook failed on an error response");
            }
        }
    }
}
