namespace Carafe.Limits;

/// <summary>Holds what one call of WithLimit says.</summary>
internal sealed record LimitMetadata(
    string Limits, string? Name, Func<HttpContext, LimitKey> By, Func<HttpContext, int>? Cost, Func<HttpContext, bool>? Unless,
    Func<HttpContext, bool>? CountIf, LimitFailure WhenAway) : IRequiresService
{
    public Type Service => typeof(IEndpointLimiter);

    public string Registration => "builder.Services.AddLimits()";

    public string Call => "WithLimit";
}
