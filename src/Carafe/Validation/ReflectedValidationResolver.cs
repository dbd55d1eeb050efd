using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Validation;

// The platform's validation accepts further resolvers, and marks how as experimental.
#pragma warning disable ASP0029

namespace Carafe.Validation;

/// <summary>
/// Reads the attributes of types that the platform's generator does not find because no handler takes them: those inside a merge patch, generic ones
/// included. It comes last, so the generator's own types stay the generator's.
/// </summary>
internal sealed class ReflectedValidationResolver(PatchedTypes patched) : IValidatableInfoResolver
{
    private readonly ConcurrentDictionary<Type, IValidatableInfo?> _known = [];

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo) =>
        (validatableInfo = patched.Contains(type) ? _known.GetOrAdd(type, Make) : null) is not null;

    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        return false;
    }

    private static ReflectedType? Make(Type type) =>
        !type.IsVisible || type.IsEnum || !ValidatableTypes.HasRules(type) ? null : new ReflectedType(
            type,
            [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(member => member.GetIndexParameters().Length == 0 && !member.IsDefined(typeof(SkipValidationAttribute))
                    && member.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
                .Select(member => new ReflectedMember(type, member))]);

    private sealed class ReflectedType(Type type, IReadOnlyList<ValidatablePropertyInfo> members) : ValidatableTypeInfo(type, members)
    {
        private readonly ValidationAttribute[] _attributes = [.. type.GetCustomAttributes<ValidationAttribute>(inherit: true)];

        protected override ValidationAttribute[] GetValidationAttributes() => _attributes;
    }

    private sealed class ReflectedMember(Type owner, PropertyInfo member) : ValidatablePropertyInfo(owner, member.PropertyType, member.Name,
        member.GetCustomAttribute<DisplayAttribute>()?.GetName() ?? member.Name)
    {
        // A record's attributes stand on the parameters of its constructor.
        private readonly ValidationAttribute[] _attributes =
        [
            .. member.GetCustomAttributes<ValidationAttribute>(inherit: true),
            .. owner.GetConstructors().SelectMany(constructor => constructor.GetParameters())
                .Where(parameter => parameter.Name == member.Name && parameter.ParameterType == member.PropertyType)
                .SelectMany(parameter => parameter.GetCustomAttributes<ValidationAttribute>()).DistinctBy(attribute => attribute.GetType()),
        ];

        protected override ValidationAttribute[] GetValidationAttributes() => _attributes;
    }
}

/// <summary>Holds the types inside the merge patches of an app's endpoints.</summary>
internal sealed class PatchedTypes
{
    private readonly ConcurrentDictionary<Type, bool> _types = [];

    public bool Contains(Type type) => _types.ContainsKey(type);

    public void Add(Type patched)
    {
        foreach (var type in ValidatableTypes.Reachable(patched))
        {
            _types.TryAdd(type, true);
        }
    }
}
