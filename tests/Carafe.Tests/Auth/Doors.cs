using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Carafe.Tests.Auth;

/// <summary>Ways to sign in that need no token: whatever an app can put in the place of what the platform or the kit does.</summary>
internal static class Doors
{
    private static readonly ClaimsPrincipal Known = new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "door")], "Door"));

    public static AuthorizationPolicy Policy() => new AuthorizationPolicyBuilder("Door").RequireAuthenticatedUser().Build();

    private static AuthenticateResult Success() => AuthenticateResult.Success(new AuthenticationTicket(Known, "Door"));

    public static Task Accept(MessageReceivedContext context)
    {
        context.Principal = Known;
        context.Success();
        return Task.CompletedTask;
    }

    public static Task Enter(MessageReceivedContext context)
    {
        context.HttpContext.User = Known;
        return Task.CompletedTask;
    }

    public sealed class Door(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Success());
    }

    public sealed class Gate : IAuthenticationRequestHandler
    {
        private HttpContext? _context;

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
        {
            _context = context;
            return Task.CompletedTask;
        }

        public async Task<bool> HandleRequestAsync()
        {
            await _context!.Response.WriteAsync("gate");
            return true;
        }

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());

        public Task ChallengeAsync(AuthenticationProperties? properties) => Task.CompletedTask;

        public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }

    public sealed class OwnEvents : JwtBearerEvents
    {
        public override Task MessageReceived(MessageReceivedContext context) => Accept(context);
    }

    public sealed class OwnService(IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers, IClaimsTransformation transform, IOptions<AuthenticationOptions> options)
        : AuthenticationService(schemes, handlers, transform, options)
    {
        public override Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) => Task.FromResult(Success());
    }

    public sealed class OwnHandlers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : IAuthenticationHandlerProvider
    {
        public async Task<IAuthenticationHandler?> GetHandlerAsync(HttpContext context, string authenticationScheme)
        {
            var door = new Door(options, logger, encoder);
            await door.InitializeAsync(new AuthenticationScheme("Door", null, typeof(Door)), context);
            return door;
        }
    }

    public sealed class OwnHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder) : JwtBearerHandler(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Success());
    }

    public sealed class OwnEvaluator : IPolicyEvaluator
    {
        public Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context)
        {
            context.User = Known;
            return Task.FromResult(Success());
        }

        public Task<PolicyAuthorizationResult> AuthorizeAsync(AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
            Task.FromResult(PolicyAuthorizationResult.Success());
    }

    // Not one whose answers may be kept: it does not say AllowsCachingPolicies.
    public sealed class OwnPolicies : IAuthorizationPolicyProvider
    {
        private int _asked;

        public Task<AuthorizationPolicy?> GetPolicyAsync(string policyName) => Task.FromResult<AuthorizationPolicy?>(null);

        public Task<AuthorizationPolicy> GetDefaultPolicyAsync() => Task.FromResult(Policy());

        public Task<AuthorizationPolicy?> GetFallbackPolicyAsync() => Task.FromResult(_asked++ == 0 ? null : Policy());
    }

    public sealed class SignedInBefore : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(run => context =>
            {
                context.User = Known;
                return run(context);
            });
            next(app);
        };
    }
}
