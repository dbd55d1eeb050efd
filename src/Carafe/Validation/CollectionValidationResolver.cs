using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Validation;

// The platform's validation accepts further resolvers, and marks how as experimental.
#pragma warning disable ASP0029

namespace Carafe.Validation;

/// <summary>
/// Leads the platform's validation into what it skips silently: a collection inside a collection, and a body that is a collection's interface. It names a
/// dictionary's values by their key; the platform uses a number.
/// </summary>
internal sealed class CollectionValidationResolver : IValidatableInfoResolver
{
    private readonly ConcurrentDictionary<Type, IValidatableInfo?> _known = [];

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo) =>
        (validatableInfo = _known.GetOrAdd(type, static type =>
            !ValidatableTypes.IsCollection(type) && !ValidatableTypes.IsPair(type) || !ValidatableTypes.HasRules(type) ? null
            : ValidatableTypes.IsPair(type) ? new Pair(type.GetProperty("Key")!, type.GetProperty("Value")!)
            : new Items())) is not null;

    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        var type = parameterInfo.ParameterType;
        validatableInfo = type.IsInterface && ValidatableTypes.IsCollection(type) && ValidatableTypes.HasRules(type)
            && !parameterInfo.GetCustomAttributes().Any(attribute => attribute is IFromServiceMetadata)
            ? new Parameter(type, parameterInfo.Name!, [.. parameterInfo.GetCustomAttributes<ValidationAttribute>()])
            : null;
        return validatableInfo is not null;
    }

    private static Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken) =>
        value is not null && context.ValidationOptions.TryGetValidatableTypeInfo(value.GetType(), out var info)
            ? info.ValidateAsync(value, context, cancellationToken)
            : Task.CompletedTask;

    private sealed class Items : IValidatableInfo
    {
        public async Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
        {
            var (path, index) = (context.CurrentValidationPath, 0);
            foreach (var item in (IEnumerable)value!)
            {
                context.CurrentValidationPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]");
                await CollectionValidationResolver.ValidateAsync(item, context, cancellationToken);
            }

            context.CurrentValidationPath = path;
        }
    }

    private sealed class Pair(PropertyInfo key, PropertyInfo value) : IValidatableInfo
    {
        public async Task ValidateAsync(object? pair, ValidateContext context, CancellationToken cancellationToken)
        {
            var path = context.CurrentValidationPath;
            context.CurrentValidationPath = path.EndsWith(']')
                ? $"{path[..path.LastIndexOf('[')]}[{ValidationPath.Escape(Convert.ToString(key.GetValue(pair), CultureInfo.InvariantCulture))}]"
                : $"{path}.Value";
            await CollectionValidationResolver.ValidateAsync(value.GetValue(pair), context, cancellationToken);
            context.CurrentValidationPath = path;
        }
    }

    private sealed class Parameter(Type type, string name, ValidationAttribute[] info) : ValidatableParameterInfo(type, name, name)
    {
        protected override ValidationAttribute[] GetValidationAttributes() => info;
    }
}
