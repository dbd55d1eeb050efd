using Microsoft.OpenApi;

namespace Carafe.OpenApi.Operations;

/// <summary>
/// Declares how a caller authenticates: with a token or, where the app accepts them, a cookie (with the CSRF header for unsafe requests) or an API key.
/// </summary>
internal sealed class SecuritySchemes(OpenApiDocument document, TokenCarrier carrier, CookieTokens? cookies, ApiKeyCarrier? keys)
{
    public List<OpenApiSecurityRequirement> For(bool closed, BearerMetadata? reads, ApiKeyMetadata? takes, string method)
    {
        if (!closed && reads is null)
        {
            return [];
        }

        var bearer = reads is { Refresh: true } ? RefreshToken() : Bearer();
        List<OpenApiSecurityRequirement> any = closed || reads is { Optional: false } ? [bearer] : [new(), bearer];
        if (cookies is not null)
        {
            any.Add(Cookie(cookies, reads is { Refresh: true },
                unsafely: !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))));
        }

        if (keys is not null && takes is not null)
        {
            var key = Add("api_key", Key(ParameterLocation.Header, keys.Header, "A key that stands for an account, limited to its scopes."));
            any.Add(new() { [key] = [takes.Scope] });
        }

        return any;
    }

    private OpenApiSecurityRequirement Bearer() => new()
    {
        [Add("bearer", Token("A token that signing in gave, sent as " + Sent + (IsBearer ? " (RFC 6750)." : ".")))] = [],
    };

    private OpenApiSecurityRequirement RefreshToken() => new()
    {
        [Add("refresh_token", Token($"The refresh token that came with the access token, sent as {Sent}. It is good once."))] = [],
    };

    private bool IsBearer => carrier is { IsAuthorization: true, Scheme: "Bearer" };

    private string Sent => $"{carrier.Header}: {carrier.Format("TOKEN")}";

    // OpenAPI knows the schemes that IANA has registered. Any other is a header like an API key's.
    private OpenApiSecurityScheme Token(string description) => IsBearer
        ? new() { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = description }
        : new()
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = carrier.Header,
            Description = description,
            Extensions = new Dictionary<string, IOpenApiExtension> { ["x-before-token"] = new JsonNodeExtension(carrier.Format("")) },
        };

    private OpenApiSecurityRequirement Cookie(CookieTokens names, bool refresh, bool unsafely)
    {
        var requirement = new OpenApiSecurityRequirement
        {
            [refresh ? Add("refresh_cookie", Key(ParameterLocation.Cookie, names.Refresh, "The refresh token that signing in set as a cookie."))
                : Add("cookie", Key(ParameterLocation.Cookie, names.Access, "The access token that signing in set as a cookie."))] = [],
        };
        if (unsafely)
        {
            requirement[Add("csrf",
                Key(ParameterLocation.Header, names.CsrfHeader,
                    "The value of the readable cookie that signing in set, for requests that a cookie signs in and that change something."))] = [];
        }

        return requirement;
    }

    private static OpenApiSecurityScheme Key(ParameterLocation where, string name, string description) =>
        new() { Type = SecuritySchemeType.ApiKey, In = where, Name = name, Description = description };

    private OpenApiSecuritySchemeReference Add(string name, OpenApiSecurityScheme scheme)
    {
        document.AddComponent<IOpenApiSecurityScheme>(name, scheme);
        return new(name, document);
    }
}
