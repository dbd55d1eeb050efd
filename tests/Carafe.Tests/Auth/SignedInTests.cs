using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Carafe.Tests.Auth;

/// <summary>Signed-in requests go past authorization where the kit's fallback is all that is asked, unless the app has a say in it.</summary>
public sealed class SignedInTests
{
    private static readonly Dictionary<string, Action<IServiceCollection>> Ways = new()
    {
        ["a handler"] = services => services.AddSingleton<IAuthorizationHandler, Veto>(),
        ["the service"] = services => services.AddSingleton<IAuthorizationService, OwnService>(),
        ["the evaluator"] = services => services.AddSingleton<IAuthorizationEvaluator, OwnEvaluator>(),
        ["the handlers"] = services => services.AddSingleton<IAuthorizationHandlerProvider, OwnHandlers>(),
        ["the contexts of handlers"] = services => services.AddSingleton<IAuthorizationHandlerContextFactory, OwnContexts>(),
        ["the evaluator of policies"] = services => services.AddTransient<IPolicyEvaluator, OwnPolicyEvaluator>(),
        ["the answers"] = services => services.AddSingleton<IAuthorizationMiddlewareResultHandler, OwnAnswers>(),
        ["the fallback policy"] = services => services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole("nobody").Build()),
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whom_the_app_refuses_is_refused_where_an_endpoint_says_nothing(string by)
    {
        await using var app = await AuthApp.StartAsync(services: Ways[by]);
        Assert.Equal(HttpStatusCode.Forbidden, (await app.GetAsync("/silent", (await app.LoginAsync()).AccessToken)).StatusCode);
    }

    [Fact]
    public async Task Authorization_is_not_asked_where_the_kits_fallback_decides_alone()
    {
        await using var app = await AuthApp.StartAsync(map: server =>
        {
            server.MapGet("/asked", Asked);
            server.MapGet("/asked-openly", Asked).AllowAnonymous();
            server.MapGet("/asked-by-rule", Asked).RequireAuthorization();
        });
        var token = (await app.LoginAsync()).AccessToken;
        Assert.Equal(["False", "False", "True"], [await TextAsync(app, "/asked", token), await TextAsync(app, "/asked-openly", token), await TextAsync(app, "/asked-by-rule", token)]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/asked")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/asked", "a.b.c")).StatusCode);
    }

    // The platform's authorization leaves a note for the endpoint.
    private static string Asked(HttpContext context) => $"{context.Items.Keys.Any(key => $"{key}".Contains("Authorization", StringComparison.Ordinal))}";

    private static async Task<string> TextAsync(AuthApp app, string path, string token)
    {
        using var answer = await app.GetAsync(path, token);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Veto : IAuthorizationHandler
    {
        public Task HandleAsync(AuthorizationHandlerContext context)
        {
            context.Fail();
            return Task.CompletedTask;
        }
    }

    private sealed class OwnService : IAuthorizationService
    {
        public Task<AuthorizationResult> AuthorizeAsync(System.Security.Claims.ClaimsPrincipal user, object? resource, IEnumerable<IAuthorizationRequirement> requirements) => Task.FromResult(AuthorizationResult.Failed());

        public Task<AuthorizationResult> AuthorizeAsync(System.Security.Claims.ClaimsPrincipal user, object? resource, string policyName) => Task.FromResult(AuthorizationResult.Failed());
    }

    private sealed class OwnEvaluator : IAuthorizationEvaluator
    {
        public AuthorizationResult Evaluate(AuthorizationHandlerContext context) => AuthorizationResult.Failed();
    }

    private sealed class OwnHandlers : IAuthorizationHandlerProvider
    {
        public Task<IEnumerable<IAuthorizationHandler>> GetHandlersAsync(AuthorizationHandlerContext context) => Task.FromResult<IEnumerable<IAuthorizationHandler>>([new PassThroughAuthorizationHandler(), new Veto()]);
    }

    private sealed class OwnContexts : IAuthorizationHandlerContextFactory
    {
        public AuthorizationHandlerContext CreateContext(IEnumerable<IAuthorizationRequirement> requirements, System.Security.Claims.ClaimsPrincipal user, object? resource)
        {
            var context = new AuthorizationHandlerContext(requirements, user, resource);
            context.Fail();
            return context;
        }
    }

    private sealed class OwnPolicyEvaluator(IAuthorizationService authorization) : PolicyEvaluator(authorization)
    {
        public override Task<PolicyAuthorizationResult> AuthorizeAsync(AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
            Task.FromResult(PolicyAuthorizationResult.Forbid());
    }

    private sealed class OwnAnswers : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
    }
}
