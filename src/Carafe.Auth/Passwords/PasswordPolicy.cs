using System.Collections.Frozen;

namespace Carafe.Auth;

/// <summary>
/// Decides which passwords are accepted: by length, and not those that are guessed first: common ones, and names of the account and the app. There are no
/// composition rules (NIST SP 800-63B section 3.1.1.2).
/// </summary>
internal sealed class PasswordPolicy(AuthOptions options, IHostEnvironment environment)
{
    /// <summary>The longest password in UTF-16 units: far above what anybody types, far below what costs anything to hash.</summary>
    public const int MaxLength = 1024;

    // From this length up, the other checks apply as well.
    private const int Serious = 8;

    private static readonly Lazy<FrozenSet<string>> Common = new(ReadCommon);

    public string? Error(string password, string username, string email)
    {
        var length = password.EnumerateRunes().Count();
        if (length < options.PasswordMinLength)
        {
            return $"must have at least {options.PasswordMinLength} characters.";
        }

        if (password.Length > MaxLength)
        {
            return $"must have at most {MaxLength} characters.";
        }

        return options.PasswordMinLength < Serious ? null
            : Common.Value.Contains(password.ToLowerInvariant()) || IsUniform(password) ? "is one of the most common passwords."
            : Holds(password, username) || Holds(password, email) || Holds(password, email.Split('@')[0])
                ? "must not contain the username or the e-mail address."
            : Holds(password, environment.ApplicationName) ? "must not contain the name of this service."
            : null;
    }

    private static bool IsUniform(string password) => password.EnumerateRunes().Distinct().Count() == 1;

    // A name of three letters is part of too many good passwords.
    private static bool Holds(string password, string name) => name.Length > 3 && password.Contains(name, StringComparison.OrdinalIgnoreCase);

    private static FrozenSet<string> ReadCommon()
    {
        using var stream = typeof(PasswordPolicy).Assembly.GetManifestResourceStream("Carafe.Auth.CommonPasswords.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
