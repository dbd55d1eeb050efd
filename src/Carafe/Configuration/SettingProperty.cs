using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Configuration;

/// <summary>Describes one property of a settings class and its external name: <c>PasswordMinLength</c> is <c>PASSWORD_MIN_LENGTH</c>.</summary>
internal sealed partial record SettingProperty(PropertyInfo Property)
{
    private const int Shown = 80;

    public string Name { get; } = JsonNamingPolicy.SnakeCaseUpper.ConvertName(Property.Name);

    public bool IsSecret { get; } = Property.IsDefined(typeof(SecretAttribute));

    public bool IsOptional { get; } = new NullabilityInfoContext().Create(Property).WriteState == NullabilityState.Nullable;

    public Type? ItemType { get; } = SettingValueParser.ItemType(Property.PropertyType);

    public static IReadOnlyList<SettingProperty> Of(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && !typeof(Delegate).IsAssignableFrom(property.PropertyType))
            .Select(property => new SettingProperty(property))];

    /// <summary>Sets the property from texts, one for each item of a list, and returns the errors.</summary>
    public IEnumerable<string> Assign(object settings, IReadOnlyList<string> texts)
    {
        var values = new List<object?>();
        foreach (var text in texts)
        {
            if (SettingValueParser.TryParse(ItemType ?? Property.PropertyType, text, out var value, out var error))
            {
                values.Add(value);
            }
            else
            {
                yield return $"{Name}: {Quote(text)} {error}.";
            }
        }

        if (values.Count == texts.Count)
        {
            Property.SetValue(settings, ItemType is null ? values[0] : SettingValueParser.List(Property.PropertyType, ItemType, values));
        }
    }

    /// <summary>Validates the property's DataAnnotations and names the setting in their messages.</summary>
    public IEnumerable<string> Check(object settings, IServiceProvider services)
    {
        var value = Property.GetValue(settings);
        var context = new ValidationContext(settings, services, null) { MemberName = Property.Name, DisplayName = Name };
        return Property.GetCustomAttributes<ValidationAttribute>()
            .Select(attribute => attribute.GetValidationResult(value, context)?.ErrorMessage)
            .OfType<string>()
            .Select(message => IsSecret || ItemType is not null || value is null or ""
                ? $"{Name}: {message}"
                : $"{Name}: {message.TrimEnd('.')}. It is {Quote(value.ToString()!)}.");
    }

    // URLs contain passwords.
    private string Quote(string text)
    {
        var safe = IsSecret ? "the value" : $"'{Credentials().Replace(text, "//***@")}'";
        return safe.Length > Shown ? TextCut.To(safe, Shown) + "...'" : safe;
    }

    [GeneratedRegex("//[^/]*@")]
    private static partial Regex Credentials();
}
