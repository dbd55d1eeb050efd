using Carafe.Auth;
using Carafe.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds authentication and authorization to an app.</summary>
public static class AuthServiceCollectionExtensions
{
    /// <summary>
    /// Adds token pairs, sessions in the app's database, password hashing and the rules of <see cref="AuthorizationEndpointExtensions"/>. Endpoints are closed unless they say
    /// <c>AllowAnonymous()</c>. The context's <c>OnModelCreating</c> calls <see cref="AuthModelBuilderExtensions.ConfigureAuth"/>; the app calls <see cref="AuthApplicationBuilderExtensions.UseAuth"/>.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes the defaults.</param>
    public static IServiceCollection AddAuth<TContext, TUser>(this IServiceCollection services, Action<AuthOptions>? configure = null)
        where TContext : DbContext
        where TUser : class, IAccount
    {
        services.AddSettings<AuthSettings>();
        services.AddOptions<AuthOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.AddTokens();
        services.AddErrorMap<BearerError>((fault, context) => fault.Challenge(context.Response));
        services.AddErrorMap<SessionStoreException>((_, _) => SessionStoreException.Answer);
        services.AddSingleton<SessionCache>();
        services.AddSingleton<SessionCheck>();
        services.AddSingleton<AuthCookies>();
        services.AddSingleton<AnonymousShortcut>();
        services.AddSingleton(provider => provider.GetRequiredService<AuthCookies>().Described!);
        services.AddHttpContextAccessor();
        services.AddScoped<SessionStore, SessionStore<TContext, TUser>>();
        services.AddScoped(provider => new SessionManager(
            provider.GetRequiredService<SessionStore>(),
            provider.GetRequiredService<SessionCache>(),
            provider.GetRequiredService<TokenService>(),
            provider.GetRequiredService<TokenChecks>(),
            provider.GetRequiredService<AuthCookies>(),
            provider.GetRequiredService<IHttpContextAccessor>(),
            provider.GetRequiredService<IOptions<AuthOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SessionManager>>()));
        services.AddHostedService<SessionPruner>();
        services.AddSingleton<AccountChangeInterceptor<TUser>>();
        services.ConfigureDbContext<TContext>((provider, db) => db.AddInterceptors(provider.GetRequiredService<AccountChangeInterceptor<TUser>>()));
        services.AddPasswords();
        services.AddRules();
        return services;
    }

    private static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<Issuer>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyStore>();
        services.AddHostedService<KeyRingCheck>();
        services.AddCommand(KeysCommand.Create);
        services.AddSingleton<TokenChecks>();
        services.AddSingleton<VerifiedTokens>();
        services.AddScoped<TokenService>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        // Brought along by AddAuthentication: it writes a key to the home folder at start, and nothing here reads one. An app that protects data still gets its key on first use.
        services.Where(service => service.ImplementationType?.Name == "DataProtectionHostedService").ToList().ForEach(service => services.Remove(service));
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerSetup>();
    }

    private static void AddPasswords(this IServiceCollection services)
    {
        // OWASP Password Storage Cheat Sheet: PBKDF2 with HMAC-SHA512, 210,000 iterations.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        services.AddSingleton<HashQueue>();
        services.AddSingleton<PasswordPolicy>();
        services.AddSingleton(provider => new PasswordService(
            provider.GetRequiredService<IOptions<PasswordHasherOptions>>(), provider.GetRequiredService<HashQueue>(), provider.GetRequiredService<PasswordPolicy>()));
        services.AddSingleton<LoginThrottle>();
        services.AddScoped(provider => new LoginService(
            provider.GetRequiredService<PasswordService>(),
            provider.GetRequiredService<LoginThrottle>(),
            provider.GetRequiredService<SessionStore>(),
            provider.GetRequiredService<SessionManager>(),
            provider.GetRequiredService<ILogger<LoginService>>()));
    }

    private static void AddRules(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder().SetFallbackPolicy(ClosedByDefaultRequirement.Policy);
        services.AddSingleton<IRouteValidator, AuthPipelineValidator>();
        services.AddSingleton<IAuthorizationHandler, CallerRequirementHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationErrorHandler>();
    }
}
