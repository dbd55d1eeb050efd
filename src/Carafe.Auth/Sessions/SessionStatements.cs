using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth;

/// <summary>Holds the kit's own statements on sessions, which change no account.</summary>
internal static class SessionStatements
{
    private static readonly AsyncLocal<bool> Running = new();

    public static bool AreRunning => Running.Value;

    public static IQueryable<AuthSession> Of(DbContext context, List<int> users) => context.Set<AuthSession>().Where(session => users.Contains(session.UserId));

    /// <summary>Runs one, unseen by <see cref="AccountChangeInterceptor{TUser}"/>.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> statement)
    {
        Running.Value = true;
        return await statement();
    }
}
