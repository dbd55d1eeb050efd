namespace Carafe;

/// <summary>
/// Marks a setting as a secret of at least 32 bytes. Its value is never printed. In Production a missing, short or placeholder value stops the start;
/// Development makes one by itself in <c>.carafe/</c>, which git ignores; Testing makes a new one for each app.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
