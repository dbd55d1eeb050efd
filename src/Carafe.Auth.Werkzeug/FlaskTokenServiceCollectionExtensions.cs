using Carafe.Auth;
using Carafe.Auth.Werkzeug;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the users of a Flask application signed in.</summary>
public static class FlaskTokenServiceCollectionExtensions
{
    /// <summary>
    /// Accepts tokens that Flask-JWT-Extended signed with HS256 and <c>FLASK_JWT_SECRET_KEY</c>, until they expire and at most until
    /// <c>FLASK_JWT_UNTIL</c>: an access token signs in, and a refresh token is exchanged for the kit's own pair. <c>sub</c> is the account's id. A token
    /// of an account that is disabled, or whose sessions were ended since, is refused. Without the settings no such token is accepted. The context's
    /// <c>OnModelCreating</c> calls <see cref="FlaskTokenModelBuilderExtensions.ConfigureFlaskTokens"/>.
    /// </summary>
    /// <param name="services">The app's services, with <c>AddAuth</c> before.</param>
    /// <param name="isRevoked">Returns whether the Flask application revoked a token, by its <c>jti</c>. Default: it kept no list.</param>
    public static IServiceCollection AddFlaskTokens<TContext, TUser>(
        this IServiceCollection services, Func<TContext, string, CancellationToken, Task<bool>>? isRevoked = null)
        where TContext : DbContext
        where TUser : class, IAccount
    {
        services.AddSettings<FlaskTokenSettings>();
        services.AddSingleton<ForeignTokens>(provider => new FlaskTokens<TContext, TUser>(
            provider.GetRequiredService<IOptions<FlaskTokenSettings>>(), isRevoked, provider.GetRequiredService<AuthOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<SessionStore>(provider => new FlaskSessionStore<TContext>(
            ActivatorUtilities.CreateInstance<SessionStore<TContext, TUser>>(provider), provider.GetRequiredService<TContext>(),
            provider.GetRequiredService<IOptions<FlaskTokenSettings>>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
