namespace Carafe.Auth;

/// <summary>
/// Verifies password hashes that another system made, so that its users keep their passwords. Register implementations as singletons; a hash that verifies
/// is replaced by one of the kit's on login.
/// </summary>
public interface IForeignPasswordHash
{
    /// <summary>Verifies a password against a stored hash. Runs on a thread of its own, a few at a time.</summary>
    /// <param name="hash">The stored hash, as the other system wrote it.</param>
    /// <param name="password">The password as it was received.</param>
    /// <returns>Whether the password is right; null when the hash is not of this format, or its parameters are out of bounds.</returns>
    bool? Verify(string hash, string password);
}
