using System.Globalization;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Validation;

// Validation would walk this object by reflection on each request, and finds no rule in it. The attribute is marked experimental.
#pragma warning disable ASP0029

namespace Carafe.Auth;

/// <summary>
/// Who calls: declare it as a handler's parameter. <c>CurrentUser me</c> answers 401 when nobody is signed in; <c>CurrentUser? me</c> is null then, which
/// is how an endpoint with <c>AllowAnonymous()</c> reads the caller if there is one. A token that is sent and is bad answers 401 in both.
/// </summary>
[SkipValidation]
public sealed class CurrentUser : IEndpointParameterMetadataProvider
{
    private readonly ClaimsPrincipal _principal;
    private readonly IServiceProvider _services;

    private CurrentUser(ClaimsPrincipal principal, IServiceProvider services, int id, Guid session)
    {
        _principal = principal;
        _services = services;
        Id = id;
        SessionId = session;
    }

    /// <summary>The account's id, from <c>sub</c>.</summary>
    public int Id { get; }

    /// <summary>The session that the token belongs to, from <c>sid</c>.</summary>
    public Guid SessionId { get; }

    /// <summary>The account's name as the session check read it.</summary>
    public string Username => _principal.FindFirst(AuthClaims.Username)?.Value ?? "";

    /// <summary>The account's role as the session check read it, so a demotion counts before the token expires.</summary>
    public string Role => _principal.FindFirst(AuthClaims.Roles)?.Value ?? "";

    /// <summary>True when <see cref="Role"/> is <see cref="Roles.Admin"/>.</summary>
    public bool IsAdmin => Role == Roles.Admin;

    /// <summary>
    /// When the password was last given in this session, from <c>auth_time</c>. The year 1 for a principal that another scheme made without it.
    /// </summary>
    public DateTimeOffset AuthenticatedAt =>
        long.TryParse(_principal.FindFirst(AuthClaims.AuthTime)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.MinValue;

    /// <summary>Every claim of the token.</summary>
    public IEnumerable<Claim> Claims => _principal.Claims;

    /// <summary>The owner check for a row: passes for its owner and for admins.</summary>
    /// <param name="ownerId">The id of the account that the row belongs to.</param>
    /// <exception cref="AbortException">403 for anybody else.</exception>
    public void RequireOwnerOrAdmin(int ownerId)
    {
        if (Id != ownerId && !IsAdmin)
        {
            throw Abort.Forbidden("This belongs to somebody else.");
        }
    }

    /// <summary>
    /// Requires that the password was given within that time, for what only some requests to an endpoint do. Ends the request with 401 otherwise, as
    /// <see cref="AuthorizationEndpointExtensions.RequireFresh"/> does for a whole endpoint.
    /// </summary>
    /// <param name="within">For how long a login counts.</param>
    public void RequireFresh(TimeSpan within)
    {
        if (!IsFresh(within, _services))
        {
            throw new StaleSignInException(within);
        }
    }

    internal bool IsFresh(TimeSpan within, IServiceProvider services)
    {
        var age = services.GetRequiredService<TimeProvider>().GetUtcNow() - AuthenticatedAt;
        return age <= within && age >= -services.GetRequiredService<AuthOptions>().ClockSkew;
    }

    /// <summary>Reads the caller for a handler's parameter.</summary>
    /// <param name="context">The request's context.</param>
    /// <returns>The caller; null when nobody is signed in and the parameter is nullable. Else it ends the request: 401, or 503 when the session store is
    /// down.</returns>
    public static ValueTask<CurrentUser?> BindAsync(HttpContext context) =>
        context.RequestServices.GetService<AnonymousShortcut>()?.Takes(context) is true ? new(Refuse(context, null))
        : From(context) is { } user ? new(user)
        : new(RefuseAsync(context));

    private static async Task<CurrentUser?> RefuseAsync(HttpContext context) => Refuse(context, (await context.AuthenticateAsync()).Failure);

    private static CurrentUser? Refuse(HttpContext context, Exception? failure) =>
        failure is null && context.GetEndpoint()?.Metadata.GetMetadata<ReadsUserMetadata>() is { Optional: true } ? null : throw BearerError.Of(failure);

    /// <summary>Marks the endpoint as one that reads the caller.</summary>
    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        var optional = new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.Nullable;
        builder.Metadata.Add(new ReadsUserMetadata(optional));
        builder.Metadata.Add(new BearerMetadata(optional));
    }

    internal static CurrentUser? From(HttpContext context) =>
        context.User is var principal
        && int.TryParse(principal.FindFirst(AuthClaims.Subject)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && Guid.TryParse(principal.FindFirst(AuthClaims.Session)?.Value, out var session)
            ? new CurrentUser(principal, context.RequestServices, id, session)
            : null;
}

/// <summary>On each endpoint whose handler has a <see cref="CurrentUser"/> parameter.</summary>
internal sealed record ReadsUserMetadata(bool Optional);
