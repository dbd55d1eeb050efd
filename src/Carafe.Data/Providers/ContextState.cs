using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Providers;

/// <summary>
/// Determines whether one request's context can serve the next. EF Core resets its own state; state of the app's class would be carried over.
/// </summary>
internal static class ContextState
{
    /// <summary>
    /// Returns whether the class has nothing that belongs to a caller: no field, no constructor with more than the options, no configuration of its own.
    /// </summary>
    public static bool IsNone(Type context) =>
        context.GetConstructors() is [var only] && only.GetParameters() is [var options] && options.ParameterType.IsAssignableTo(typeof(DbContextOptions))
        && context.GetMethod("OnConfiguring", BindingFlags.Instance | BindingFlags.NonPublic)?.DeclaringType == typeof(DbContext)
        && !Fields(context).Any(field => !IsSet(field.FieldType));

    /// <summary>Creates a context by the constructor that the container would choose.</summary>
    public static TContext Create<TContext>(IServiceProvider services, DbContextOptions<TContext> options)
        where TContext : DbContext
    {
        var known = services.GetRequiredService<IServiceProviderIsService>();
        var constructor = typeof(TContext).GetConstructors().OrderByDescending(each => each.GetParameters().Length)
            .FirstOrDefault(each => each.GetParameters().All(CanGive))
            ?? throw new InvalidOperationException($"{typeof(TContext).Name} has no constructor whose parameters are the options and services of the app.");
        return (TContext)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. constructor.GetParameters().Select(Give)], null);

        bool CanGive(ParameterInfo parameter) =>
            parameter.ParameterType.IsInstanceOfType(options) || known.IsService(parameter.ParameterType) || parameter.HasDefaultValue;

        object? Give(ParameterInfo parameter) =>
            parameter.ParameterType.IsInstanceOfType(options)
                ? options
                : services.GetService(parameter.ParameterType) ?? (parameter.HasDefaultValue ? parameter.DefaultValue : null);
    }

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null && type != typeof(DbContext); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    private static bool IsSet(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(DbSet<>);
}
