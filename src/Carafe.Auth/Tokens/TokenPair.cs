namespace Carafe.Auth;

/// <summary>Represents the response to a login or a refresh (RFC 6749 section 5.1).</summary>
/// <param name="AccessToken">The access token: a JWT with <c>typ: at+jwt</c> (RFC 9068).</param>
/// <param name="RefreshToken">The refresh token, good once.</param>
/// <param name="ExpiresIn">The lifetime of the access token in seconds.</param>
/// <param name="TokenType"><c>Bearer</c>.</param>
public sealed record TokenPair(string AccessToken, string RefreshToken, int ExpiresIn, string TokenType = "Bearer");
