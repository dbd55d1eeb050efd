using System.Globalization;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Validation;

// Validation would walk this object by reflection on each request and find no attribute in it. SkipValidation is marked experimental.
#pragma warning disable ASP0029

namespace Carafe.Auth;

/// <summary>
/// Represents the caller; declare it as a handler's parameter. With <c>CurrentUser me</c> the response is 401 when nobody is signed in. <c>CurrentUser?
/// me</c> is null then, which is how an endpoint with <c>AllowAnonymous()</c> reads an optional caller. A bad token is 401 in both cases.
/// </summary>
[SkipValidation]
public sealed class CurrentUser : IEndpointParameterMetadataProvider
{
    private readonly ClaimsPrincipal _principal;
    private readonly HttpContext _context;

    private CurrentUser(ClaimsPrincipal principal, HttpContext context, int id, Guid session)
    {
        _principal = principal;
        _context = context;
        Id = id;
        SessionId = session;
    }

    /// <summary>Gets the account's id, from <c>sub</c>.</summary>
    public int Id { get; }

    /// <summary>Gets the session of the token, from <c>sid</c>.</summary>
    public Guid SessionId { get; }

    /// <summary>Gets the account's name as the session check read it.</summary>
    public string Username => _principal.FindFirst(AuthClaims.Username)?.Value ?? "";

    /// <summary>Gets the account's role as the session check read it, so a demotion takes effect before the token expires.</summary>
    public string Role => _principal.FindFirst(AuthClaims.Roles)?.Value ?? "";

    /// <summary>Gets whether <see cref="Role"/> is <see cref="Roles.Admin"/>.</summary>
    public bool IsAdmin => Role == Roles.Admin;

    /// <summary>
    /// Gets when the password was last entered in this session, from <c>auth_time</c>. The year 1 for a principal that another scheme made without it.
    /// </summary>
    public DateTimeOffset AuthenticatedAt =>
        long.TryParse(_principal.FindFirst(AuthClaims.AuthTime)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.MinValue;

    /// <summary>
    /// Gets the access token that the caller sent, for an API that echoes it. Null for a caller with a cookie, whose token no page may read, or with an API
    /// key.
    /// </summary>
    public string? Token => TokenText.FromHeader(_context.Request, _context.RequestServices.GetRequiredService<TokenCarrier>());

    /// <summary>Gets every claim of the token.</summary>
    public IEnumerable<Claim> Claims => _principal.Claims;

    /// <summary>Requires that the caller owns a row or is an admin.</summary>
    /// <param name="ownerId">The id of the account that the row belongs to.</param>
    /// <exception cref="AbortException">403: the caller is somebody else.</exception>
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
    /// <param name="within">How long a login counts.</param>
    public void RequireFresh(TimeSpan within)
    {
        if (!IsFresh(within, _context.RequestServices))
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
    /// <returns>The caller; null when nobody is signed in and the parameter is nullable. Otherwise it ends the request: 401, or 503 when the session
    /// store is unavailable.</returns>
    public static ValueTask<CurrentUser?> BindAsync(HttpContext context) =>
        context.RequestServices.GetService<IAnonymousRequests>()?.Takes(context) is true ? new(Refuse(context, null))
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
            ? new CurrentUser(principal, context, id, session)
            : null;
}

/// <summary>Marks each endpoint whose handler has a <see cref="CurrentUser"/> parameter.</summary>
internal sealed record ReadsUserMetadata(bool Optional);
