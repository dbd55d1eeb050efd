namespace Carafe.MySql.Tests;

/// <summary>Makes contexts on databases of their own.</summary>
internal static class TestContext<TContext>
    where TContext : DbContext
{
    /// <summary>Creates the tables of a context in a new database, and returns what makes contexts on it.</summary>
    public static async Task<Func<TContext>> CreateAsync(MariaDbServer? server = null, string options = "")
    {
        server ??= await MariaDbServer.SharedAsync();
        var connection = $"{server.ConnectionString(await server.CreateDatabaseAsync())};{options}";
        await using (var context = Make(connection))
        {
            await context.Database.EnsureCreatedAsync(Xunit.TestContext.Current.CancellationToken);
        }

        return () => Make(connection);
    }

    public static TContext Make(string connection) =>
        (TContext)Activator.CreateInstance(
            typeof(TContext), new DbContextOptionsBuilder<TContext>().UseMySql(connection).EnableSensitiveDataLogging().Options)!;
}
