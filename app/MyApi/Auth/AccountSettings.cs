namespace MyApi.Auth;

/// <summary>Holds the settings of accounts.</summary>
public sealed class AccountSettings
{
    /// <summary>
    /// <c>REGISTER_BY_MAIL</c>: whether an account is made when its address is confirmed, so that registering tells nobody whether an address has one. Needs
    /// <c>MAIL_URL</c>. Default: false.
    /// </summary>
    public bool RegisterByMail { get; set; }
}
