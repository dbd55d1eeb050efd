using System.Text.Json;
using FastEndpoints;

var builder = WebApplication.CreateBuilder(args);
builder.AddPeer();
builder.Services.AddFastEndpoints();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.UseFastEndpoints(config =>
{
    config.Serializer.Options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
    config.Errors.StatusCode = 400;
});
app.Run();
