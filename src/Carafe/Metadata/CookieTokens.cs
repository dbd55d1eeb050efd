namespace Carafe;

/// <summary>Tells the OpenAPI document that the app accepts tokens from cookies as well as from the Authorization header.</summary>
/// <param name="Access">The cookie with the access token.</param>
/// <param name="Refresh">The cookie with the refresh token.</param>
/// <param name="CsrfHeader">The header that an unsafe request needs as well when a cookie authenticates it; 403 without it.</param>
internal sealed record CookieTokens(string Access, string Refresh, string CsrfHeader);
