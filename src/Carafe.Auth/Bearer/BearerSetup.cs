using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Carafe.Auth;

/// <summary>Configures the platform's JwtBearer: where the token is, what makes it valid, whether its session is alive, and the error if not.</summary>
internal sealed class BearerSetup(
    TokenChecks checks, VerifiedTokens verified, SessionCheck sessions, AuthCookies cookies, IEnumerable<ForeignTokens> foreign)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != JwtBearerDefaults.AuthenticationScheme)
        {
            return;
        }

        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(TokenChecks.Handler());
        options.TokenValidationParameters = checks.Access();
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = ReadTokenAsync,
            OnTokenValidated = CheckSessionAsync,
            OnChallenge = AnswerChallenge,
        };
    }

    private async Task ReadTokenAsync(MessageReceivedContext context)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<BearerMetadata>() is { Refresh: true })
        {
            // What comes here is a refresh token, which its handler reads.
            context.NoResult();
            return;
        }

        string? sent;
        try
        {
            sent = TokenText.FromHeader(context.Request, cookies.Carrier);
            context.Token = sent ?? cookies.Read(context.Request, AuthCookies.Access);
        }
        catch (BearerError exception)
        {
            context.Fail(exception);
            return;
        }

        if (context.Token is null)
        {
            context.NoResult();
            return;
        }

        // RFC 9111 section 3.5 keeps responses to Authorization out of shared caches; this keeps responses to cookies out.
        context.Response.Headers.CacheControl = "private, no-cache";
        if (verified.Find(context.Token) is { } known)
        {
            await AcceptAsync(context, known);
            return;
        }

        try
        {
            // Not from a cookie: another system's tokens have no CSRF token of ours.
            if (sent is not null && await FindForeignAsync(context.HttpContext, sent) is { } signIn)
            {
                context.Principal = signIn;
                context.Success();
                return;
            }

            SignedClaims.Read(context.Token, access: true);
        }
        catch (Exception error) when (error is BearerError or SessionStoreException)
        {
            context.Fail(error);
        }
    }

    private async Task<ClaimsPrincipal?> FindForeignAsync(HttpContext context, string token)
    {
        foreach (var tokens in foreign)
        {
            if (await tokens.ReadAsync(context, token, refresh: false) is var (account, session, authenticated))
            {
                var identity = new ClaimsIdentity("Foreign", AuthClaims.Username, AuthClaims.Roles);
                identity.AddClaim(new Claim(AuthClaims.Subject, account.Id.ToString(CultureInfo.InvariantCulture)));
                identity.AddClaim(new Claim(AuthClaims.Session, session.ToString()));
                identity.AddClaim(new Claim(AuthClaims.AuthTime, (authenticated?.ToUnixTimeSeconds() ?? 0).ToString(CultureInfo.InvariantCulture)));
                SetLive(identity, new SessionState(account.Id, account.Username, account.Role));
                return new ClaimsPrincipal(identity);
            }
        }

        return null;
    }

    // Whatever follows a verification follows this as well, the app's own events included.
    private static async Task AcceptAsync(MessageReceivedContext context, VerifiedToken known)
    {
        var validated = new KnownTokenContext(context, known) { Principal = new ClaimsPrincipal(known.Identity.Clone()), SecurityToken = known.Token };
        await context.Options.Events.TokenValidated(validated);
        if (validated.Result is { Failure: { } failure })
        {
            context.Fail(failure);
        }
        else if (validated.Result is { None: true })
        {
            context.NoResult();
        }
        else
        {
            context.Principal = validated.Principal;
            context.Success();
        }
    }

    private async Task CheckSessionAsync(TokenValidatedContext context)
    {
        try
        {
            var token = (JsonWebToken)context.SecurityToken;
            var known = (context as KnownTokenContext)?.Known;
            var claims = known?.Signed ?? SignedClaims.Read(token.EncodedToken, access: true);
            var state = await sessions.FindAsync(context.HttpContext, claims.SessionId);
            if (state is null || state.UserId != claims.UserId)
            {
                context.Fail(BearerError.Revoked);
                return;
            }

            if (cookies.On && TokenText.FromHeader(context.Request, cookies.Carrier) is null)
            {
                cookies.RequireCsrf(context.Request, claims.SessionId);
            }

            var identity = (ClaimsIdentity)context.Principal!.Identity!;
            if (known is null)
            {
                verified.Keep(token, claims, identity);
            }

            SetLive(identity, state);
        }
        catch (Exception exception) when (exception is BearerError or SessionStoreException or AbortException)
        {
            context.Fail(exception);
        }
    }

    // The account as it is now, not as it was when the token was made.
    private static void SetLive(ClaimsIdentity identity, SessionState state)
    {
        foreach (var stale in identity.FindAll(AuthClaims.Roles).ToArray())
        {
            identity.RemoveClaim(stale);
        }

        identity.AddClaim(new Claim(AuthClaims.Roles, state.Role));
        identity.AddClaim(new Claim(AuthClaims.Username, state.Username));
    }

    private static Task AnswerChallenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        return context.HttpContext.WriteErrorAsync(BearerError.Of(context.AuthenticateFailure) switch
        {
            BearerError exception => exception.Challenge(context.Response),
            AbortException refused => refused.Error,
            _ => SessionStoreException.Response,
        });
    }

    private sealed class KnownTokenContext(MessageReceivedContext context, VerifiedToken known)
        : TokenValidatedContext(context.HttpContext, context.Scheme, context.Options)
    {
        public VerifiedToken Known => known;
    }
}
