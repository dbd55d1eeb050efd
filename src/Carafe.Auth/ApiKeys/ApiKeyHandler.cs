using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;

namespace Carafe.Auth;

/// <summary>
/// Authenticates callers by API key, at the endpoints that accept one and whose scope the key has. Every other endpoint refuses a key: it opens only what
/// names it.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, ApiKeyCarrier carrier, TokenCarrier tokens,
    StoreLog storeLog)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string Name = "ApiKey";

    private const string Store = "store of API keys";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var sent = Request.Headers[carrier.Header];
        if (sent.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        // As for a token: no shared cache keeps what only this caller may see.
        Response.Headers.CacheControl = "private, no-cache";
        if (sent.Count > 1 || tokens.Read(Request.Headers).Count > 0)
        {
            return Refuse(StatusCodes.Status401Unauthorized, "Send one API key, and no token beside it.", "api_key_invalid");
        }

        var owner = await FindAsync(sent.ToString());
        if (owner is null)
        {
            return Refuse(StatusCodes.Status401Unauthorized, "The API key is unknown, revoked or expired.", "api_key_invalid");
        }

        var takes = Context.GetEndpoint()?.Metadata.GetMetadata<ApiKeyMetadata>();
        return takes is null ? Refuse(StatusCodes.Status403Forbidden, "This takes no API key. Sign in instead.", "api_key_not_allowed", owner.Id)
            : !owner.Scopes.Split(' ').Contains(takes.Scope)
            ? Refuse(StatusCodes.Status403Forbidden, $"This needs an API key with the scope {takes.Scope}.", "insufficient_scope", owner.Id)
            : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(Identity(owner)), Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        var error = failure switch
        {
            AbortException refused => refused.Error,
            SessionStoreException => SessionStoreException.Response,
            _ => new ApiError(StatusCodes.Status401Unauthorized),
        };
        await Context.WriteErrorAsync(error);
    }

    private async Task<ApiKeyOwner?> FindAsync(string text)
    {
        try
        {
            var owner = await Context.RequestServices.GetRequiredService<ApiKeyManager>().FindAsync(text, Context.RequestAborted);
            storeLog.Responded(Store);
            return owner;
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            storeLog.Failed(Store, cause);
            throw new AbortException(SessionStoreException.Response, cause);
        }
    }

    private AuthenticateResult Refuse(int status, string message, string reason, Guid? key = null)
    {
        Logger.KeyRefused(key, SecurityEvents.Address(Context), reason);
        return AuthenticateResult.Fail(new AbortException(new ApiError(status, message) { Reason = reason }));
    }

    // The key takes the place of a session: it can be ended, and the log distinguishes it.
    private static ClaimsIdentity Identity(ApiKeyOwner owner) => new(
        [
            new(AuthClaims.Subject, owner.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new(AuthClaims.Session, owner.Id.ToString()),
            new(AuthClaims.Username, owner.Username),
            new(AuthClaims.Roles, owner.Role),
            new(AuthClaims.Scope, owner.Scopes),
        ],
        Name, AuthClaims.Username, AuthClaims.Roles);
}
