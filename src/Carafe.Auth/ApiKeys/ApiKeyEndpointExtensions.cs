namespace Microsoft.AspNetCore.Builder;

/// <summary>Opens endpoints to API keys.</summary>
public static class ApiKeyEndpointExtensions
{
    /// <summary>
    /// Accepts API keys with a scope, beside tokens, which need no scope for it. All other requirements apply to the key's account. Without this call, and
    /// without the scope, a key is refused with 403.
    /// </summary>
    /// <param name="builder">The endpoint or group; an endpoint's own call overrides its group's.</param>
    /// <param name="scope">The scope, such as <c>posts:write</c>.</param>
    public static TBuilder AllowApiKeys<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ApiKeyMetadata(scope));
}
