using System.ComponentModel.DataAnnotations;

namespace Carafe;

/// <summary>
/// Validates the length of a text in Unicode characters (code points), as JSON Schema's <c>maxLength</c> and PostgreSQL's <c>varchar(n)</c> count: an
/// emoji is one, a family of four joined emoji is seven. The platform's <c>[StringLength]</c> counts UTF-16 units, two for an emoji. Null passes.
/// </summary>
/// <param name="maximum">The greatest number of characters.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class TextLengthAttribute(int maximum) : StringLengthAttribute(maximum)
{
    /// <summary>Initializes the attribute with both limits.</summary>
    /// <param name="minimum">The least number of characters.</param>
    /// <param name="maximum">The greatest number of characters.</param>
    public TextLengthAttribute(int minimum, int maximum)
        : this(maximum) =>
        MinimumLength = minimum;

    /// <inheritdoc/>
    public override bool IsValid(object? value)
    {
        if (value is not string text)
        {
            return value is null;
        }

        var length = text.Length <= MinimumLength * 2 || text.Length > MaximumLength ? text.EnumerateRunes().Count() : text.Length;
        return length >= MinimumLength && length <= MaximumLength;
    }
}
