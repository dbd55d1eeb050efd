// A bare minimal API that answers the small JSON of the health check: what the platform costs before anybody adds anything.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
app.MapGet("/healthz", (HttpResponse response) =>
{
    response.Headers.CacheControl = "no-store";
    return TypedResults.Ok(new Health("ok", []));
});
app.Run();

internal sealed record Health(string Status, Dictionary<string, string> Checks);
