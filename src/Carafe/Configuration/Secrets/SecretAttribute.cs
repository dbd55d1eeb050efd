namespace Carafe;

/// <summary>
/// Marks a setting, a string or a list of strings, as a secret: its value is never printed, <c>NAME_FILE</c> may name a file that holds it, and it has at
/// least 32 bytes. Production refuses a missing, short or placeholder value. Development generates a missing one in <c>.carafe/</c>, which git ignores;
/// Testing generates one for each app. A list, or a property of type <c>string?</c>, may be missing everywhere.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
