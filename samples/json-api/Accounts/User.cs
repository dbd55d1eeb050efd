namespace JsonApi.Accounts;

/// <summary>Represents an account.</summary>
public sealed class User : Account;
