namespace Carafe.Commands;

internal static class CommandLine
{
    // First cut: always the server.
    public static async Task<int> RunAsync(string[] args, Func<string[], Action<WebApplicationBuilder>?, WebApplication> create)
    {
        await using var app = create(args, null);
        await app.RunAsync();
        return 0;
    }
}
