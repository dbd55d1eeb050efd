namespace Microsoft.EntityFrameworkCore.TestUtilities;

/// <summary>Runs a test whose query SQLite refuses: that it passes is right, and that the provider refuses it with its reason, too.</summary>
public static class Refusal
{
    private static readonly string? Log = Environment.GetEnvironmentVariable("EFSPEC_REFUSED");

    public static async Task AcceptAsync(Func<Task> test, bool alsoByServer = false, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        try
        {
            await test();
        }
        catch (Exception error) when (IsRefusal(error, alsoByServer))
        {
            Note(name, error);
        }
    }

    public static void Accept(Action test, bool alsoByServer = false, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        try
        {
            test();
        }
        catch (Exception error) when (IsRefusal(error, alsoByServer))
        {
            Note(name, error);
        }
    }

    // What SQLite itself refuses is the server's to refuse, too.
    private static bool IsRefusal(Exception error, bool alsoByServer) =>
        error is InvalidOperationException or NotSupportedException || (alsoByServer && error is MySqlException);

    private static void Note(string name, Exception error)
    {
        if (Log is not null)
        {
            lock (typeof(Refusal))
            {
                File.AppendAllText(Log, $"{name}: {error.Message.ReplaceLineEndings(" ")}\n");
            }
        }
    }
}
