// What authentication costs: CPU of the whole process for the same handler, anonymous and with a token whose session is checked.
using System.Diagnostics;
using Carafe;
using Carafe.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

var folder = Directory.CreateTempSubdirectory("carafe-bench").FullName;
var builder = CarafeApp.CreateBuilder(["--environment", "Testing"]);
builder.WebHost.UseTestServer();
builder.Logging.ClearProviders();
builder.Services.AddDbContext<BenchDb>(db => db.UseSqlite($"Data Source={folder}/bench.db"));
builder.Services.AddAuth<BenchDb, Person>();
await using var app = builder.Build();
app.UseCarafe();
app.UseAuth();
app.MapGet("/open", () => "hello").AllowAnonymous();
app.MapGet("/closed", () => "hello");
await app.StartAsync();

string token;
await using (var scope = app.Services.CreateAsyncScope())
{
    var db = scope.ServiceProvider.GetRequiredService<BenchDb>();
    await db.Database.EnsureCreatedAsync();
    var person = db.Add(new Person()).Entity;
    await db.SaveChangesAsync();
    token = "Bearer " + (await scope.ServiceProvider.GetRequiredService<SessionManager>().StartAsync(person, new DefaultHttpContext())).AccessToken;
}

const int Requests = 40_000;
var server = app.GetTestServer();
await MeasureAsync("/open", null, 20_000);
await MeasureAsync("/closed", token, 20_000);
for (var round = 1; round <= 3; round++)
{
    var (open, closed) = (await MeasureAsync("/open", null, Requests), await MeasureAsync("/closed", token, Requests));
    Console.WriteLine($"round {round}: anonymous {open:0.0} us, authenticated {closed:0.0} us, more {closed - open:0.0} us of CPU a request");
}

Directory.Delete(folder, recursive: true);

async Task<double> MeasureAsync(string path, string? authorization, int count)
{
    using var process = Process.GetCurrentProcess();
    var before = process.TotalProcessorTime;
    for (var i = 0; i < count; i++)
    {
        var context = await server.SendAsync(request =>
        {
            request.Request.Method = "GET";
            request.Request.Path = path;
            request.Request.Headers.Authorization = authorization;
        });
        if (context.Response.StatusCode != 200)
        {
            throw new InvalidOperationException($"{path}: {context.Response.StatusCode}");
        }
    }

    process.Refresh();
    return (process.TotalProcessorTime - before).TotalMicroseconds / count;
}

internal sealed class Person : IAccount
{
    public int Id { get; set; }

    public string Username { get; set; } = "ada";

    public string Email { get; set; } = "ada@example.com";

    public string PasswordHash { get; set; } = "";

    public string Role { get; set; } = Roles.User;

    public DateTimeOffset? DisabledAt { get; set; }
}

internal sealed class BenchDb(DbContextOptions<BenchDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureAuth<Person>();
}
