namespace ApiNamespace1.Auth;

/// <summary>Represents an account. Add what the app knows about its users.</summary>
public sealed class User : Account, ICreated
{
    public DateTimeOffset CreatedAt { get; set; }
}
