namespace Carafe;

/// <summary>Marks an endpoint that takes API keys with a scope.</summary>
internal sealed record ApiKeyMetadata(string Scope) : IRequiresService
{
    public Type Service => typeof(ApiKeyCarrier);

    public string Registration => "builder.Services.AddApiKeys<TContext, TUser>()";

    public string Call => "AllowApiKeys";
}

/// <summary>Tells that the app takes API keys, and in which header.</summary>
internal sealed record ApiKeyCarrier(string Header);
