using Microsoft.Net.Http.Headers;

namespace Carafe.Tests.Auth;

/// <summary>Keeps cookies and sends them, as a browser does.</summary>
internal sealed class Browser(TestApp app)
{
    public Dictionary<string, string> Cookies { get; } = [];

    public string? Csrf { get; set; }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? bearer = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        request.Headers.TryAddWithoutValidation("X-CSRF-Token", Csrf);
        request.Headers.TryAddWithoutValidation("Authorization", bearer is null ? null : "Bearer " + bearer);
        var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var lines) ? SetCookieHeaderValue.ParseList([.. lines]) : [])
        {
            if (cookie.Expires is null)
            {
                Cookies[cookie.Name.ToString()] = cookie.Value.ToString();
            }
            else
            {
                Cookies.Remove(cookie.Name.ToString());
            }
        }

        return answer;
    }
}
