using Carafe.Auth;
using Carafe.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds authentication and authorization to an app.</summary>
public static class AuthServiceCollectionExtensions
{
    /// <summary>
    /// Adds token pairs, sessions in the app's database, password hashing and the requirements of <see cref="AuthorizationEndpointExtensions"/>. Endpoints
    /// are closed unless they say <c>AllowAnonymous()</c>. The context's <c>OnModelCreating</c> calls
    /// <see cref="AuthModelBuilderExtensions.ConfigureAuth"/>; the app calls <see cref="AuthApplicationBuilderExtensions.UseAuth"/>.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes the defaults; the environment goes over it.</param>
    public static IServiceCollection AddAuth<TContext, TUser>(this IServiceCollection services, Action<AuthOptions>? configure = null)
        where TContext : DbContext
        where TUser : class, IAccount
    {
        services.Configure(configure ?? (_ => { }));
        services.AddSettings<AuthOptions>();
        services.AddHttpContextAccessor();
        services.AddTokens();
        services.AddSessions<TContext, TUser>();
        services.AddPasswords();
        services.AddAuthorizationRequirements();
        services.AddChecks(AuthChecks.All);
        return services;
    }

    private static void AddTokens(this IServiceCollection services)
    {
        services.AddErrorMap<BearerError>((error, context) => error.Challenge(context.Response));
        services.AddErrorMap<StaleSignInException>((error, context) => error.Challenge(context.Response));
        services.AddSingleton<Issuer>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyStore>();
        services.AddSingleton<IRouteValidator, KeyRingValidator>();
        services.AddHealthChecks().AddCheck<KeyRingHealth>("keys", tags: ["ready"]);
        services.AddCommand(KeysCommand.Create);
        services.AddSingleton<TokenChecks>();
        services.AddSingleton<VerifiedTokens>();
        services.AddScoped<TokenService>();
        services.AddSingleton<AuthCookies>();
        services.AddSingleton(provider => provider.GetRequiredService<AuthCookies>().Carrier);
        services.AddSingleton(provider => provider.GetRequiredService<AuthCookies>().Described!);
        // AddAuthentication without its data protection, which writes a key to the home folder at start: nothing here reads one.
        services.AddAuthenticationCore(options => options.DefaultScheme = JwtBearerDefaults.AuthenticationScheme);
        services.AddWebEncoders();
        services.TryAddSingleton<IAuthenticationConfigurationProvider, BearerConfiguration>();
        new AuthenticationBuilder(services).AddJwtBearer();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerSetup>();
    }

    private static void AddSessions<TContext, TUser>(this IServiceCollection services)
        where TContext : DbContext
        where TUser : class, IAccount
    {
        services.AddErrorMap<SessionStoreException>((_, _) => SessionStoreException.Response);
        services.AddSingleton<AuthMetrics>();
        services.AddSingleton<SessionBroadcast>();
        services.AddSingleton<SessionCache>();
        services.AddSingleton<SessionCheck>();
        services.AddSingleton<StoreLog>();
        services.AddScoped<SessionStore, SessionStore<TContext, TUser>>();
        services.AddScoped<SessionManager, StoredSessionManager>();
        services.AddHostedService<SessionListener>();
        services.AddHostedService<SessionPruner>();
        services.AddSingleton<AccountChangeInterceptor<TUser>>();
        services.AddSingleton<AccountDeletionInterceptor<TUser>>();
        services.ConfigureDbContext<TContext>((provider, db) => db.AddInterceptors(
            provider.GetRequiredService<AccountChangeInterceptor<TUser>>(), provider.GetRequiredService<AccountDeletionInterceptor<TUser>>()));
    }

    private static void AddPasswords(this IServiceCollection services)
    {
        // OWASP Password Storage Cheat Sheet: PBKDF2 with HMAC-SHA512, 210,000 iterations.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        services.TryAddSingleton<IPasswordHasher<object>, PasswordHasher<object>>();
        services.AddSingleton<HashQueue>();
        services.AddSingleton<PasswordPolicy>();
        services.AddSingleton<PasswordService, QueuedPasswordService>();
        services.AddSingleton<LoginThrottle>();
        services.AddScoped<LoginService, ThrottledLoginService>();
    }

    private static void AddAuthorizationRequirements(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder().SetFallbackPolicy(ClosedByDefaultRequirement.Policy);
        services.AddSingleton<IRouteValidator, AuthPipelineValidator>();
        services.AddSingleton<AnonymousShortcut>();
        services.AddSingleton<IAnonymousRequests>(provider => provider.GetRequiredService<AnonymousShortcut>());
        services.AddSingleton<IAuthorizationHandler, CallerRequirementHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationErrorHandler>();
    }
}
