namespace MyApi.Users;

/// <summary>
/// What people may do to their own account only shortly after they signed in: change its address, and delete it. Every route that does either asks here, or
/// for the password.
/// </summary>
internal static class OwnAccount
{
    public static readonly TimeSpan Recently = TimeSpan.FromMinutes(15);

    /// <summary>Ends the request with 401 when the account is the caller's own and the sign-in is older.</summary>
    public static void RequireRecentSignIn(this CurrentUser me, int userId)
    {
        if (me.Id == userId)
        {
            me.RequireFresh(Recently);
        }
    }
}
