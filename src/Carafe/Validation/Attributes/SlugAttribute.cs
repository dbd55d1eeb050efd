using System.ComponentModel.DataAnnotations;

namespace Carafe;

/// <summary>
/// Validates a slug: 1 to 100 lower-case ASCII letters and digits, in words separated by single hyphens, such as <c>a-first-post</c>. Null passes; empty
/// text does not.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class SlugAttribute : RegularExpressionAttribute
{
    /// <summary>Initializes the attribute.</summary>
    public SlugAttribute()
        : base("^(?=.{1,100}$)[a-z0-9]+(-[a-z0-9]+)*$") =>
        ErrorMessage = "must have lower-case letters and digits, separated by single hyphens, such as a-first-post";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not "" && base.IsValid(value);
}
