namespace Microsoft.AspNetCore.Builder;

/// <summary>Opens endpoints to API keys.</summary>
public static class ApiKeyEndpointExtensions
{
    /// <summary>
    /// Takes API keys that have a scope, beside tokens, which need no scope for it. What else is required of the caller is required of the key's account.
    /// A key is refused with 403 at endpoints that do not say this, and where it lacks the scope.
    /// </summary>
    /// <param name="builder">The endpoint or group; an endpoint's own call goes before its group's.</param>
    /// <param name="scope">The scope, such as <c>posts:write</c>.</param>
    public static TBuilder AllowApiKeys<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ApiKeyMetadata(scope));
}
