using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Claims;
using System.Text.Json;
using Carafe.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Validation;

// The platform's validation accepts further resolvers, and marks how as experimental.
#pragma warning disable ASP0029

namespace Carafe.Validation;

/// <summary>Runs a <see cref="BodyValueCheck"/> before the validation of every body: all arguments of a handler pass here, whatever bound them.</summary>
internal sealed class BodyValueResolver(IList<IValidatableInfoResolver> resolvers, IServiceProviderIsService services, JsonSerializerOptions json)
    : IValidatableInfoResolver
{
    private static readonly Type[] OfTheRequest =
        [typeof(HttpContext), typeof(HttpRequest), typeof(HttpResponse), typeof(ClaimsPrincipal), typeof(CancellationToken), typeof(Stream),
            typeof(System.IO.Pipelines.PipeReader)];

    // The platform follows every member of a type, JsonNode.Root for ever.
    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo) =>
        (validatableInfo = type.Namespace?.StartsWith("System.Text.Json", StringComparison.Ordinal) == true ? WithoutRules.Instance : null) is not null;

    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        var body = IsBody(parameterInfo.ParameterType, parameterInfo.GetCustomAttributes(inherit: true))
            ? new Body(value => value, NullableShape.Of(parameterInfo), json)
            : parameterInfo.IsDefined(typeof(AsParametersAttribute)) ? InMembers(NullableShape.Of(parameterInfo))
            : null;
        if (body is null)
        {
            return false;
        }

        foreach (var resolver in resolvers.SkipWhile(resolver => resolver != this).Skip(1))
        {
            if (resolver.TryGetValidatableParameterInfo(parameterInfo, out var rules))
            {
                body.Rules = rules;
                break;
            }
        }

        validatableInfo = body;
        return true;
    }

    private Body? InMembers(NullableShape holder) =>
        holder.Type.GetProperties().FirstOrDefault(member => member.GetIndexParameters().Length == 0
            && IsBody(member.PropertyType, member.GetCustomAttributes(inherit: true))) is { } member
            ? new Body(member.GetValue, holder.Member(member), json)
            : null;

    // As the platform decides it.
    private bool IsBody(Type type, object[] attributes) =>
        attributes.Any(attribute => attribute is IFromBodyMetadata)
        || (!attributes.Any(attribute => attribute is IFromRouteMetadata or IFromQueryMetadata or IFromHeaderMetadata or IFromFormMetadata
            or IFromServiceMetadata or FromKeyedServicesAttribute or AsParametersAttribute)
            && Nullable.GetUnderlyingType(type) is null or { Namespace: not "System" }
            && SimpleTextReader.For(type, json) is null
            && type != typeof(string) && !OfTheRequest.Any(known => known.IsAssignableFrom(type))
            && type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) is not true
            && type.GetMethod("BindAsync", BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy) is null
            && !services.IsService(type));

    private sealed class WithoutRules : IValidatableInfo
    {
        public static readonly WithoutRules Instance = new();

        public Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Body(Func<object, object?> find, NullableShape shape, JsonSerializerOptions json) : IValidatableInfo
    {
        private BodyValueCheck? _check;
        private bool _made;

        public IValidatableInfo? Rules { get; set; }

        public Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
        {
            if (!_made)
            {
                (_check, _made) = (BodyValueCheck.For(shape, json), true);
            }

            if (value is not null && _check?.Find(find(value), "").ToList() is { Count: > 0 } found)
            {
                // A rule of the app's own is written for what the types promise.
                context.ValidationErrors ??= [];
                found.ForEach(wrong => context.ValidationErrors[wrong.Path] = [wrong.Message]);
                return Task.CompletedTask;
            }

            return Rules?.ValidateAsync(value, context, cancellationToken) ?? Task.CompletedTask;
        }
    }
}
