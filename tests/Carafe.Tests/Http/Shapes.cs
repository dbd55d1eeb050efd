using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Carafe.Tests.Http;

/// <summary>Bodies that hold a rule in every way in which a body can.</summary>
public static class Shapes
{
    public const string Bad = """{"title":"too long"}""";

    public sealed record Ruled([StringLength(3)] string Title);

    public sealed class RuledClass
    {
        [StringLength(3)]
        public string Title { get; set; } = "";
    }

    public readonly record struct RuledStruct([property: StringLength(3)] string Title);

    public sealed record Outer(Ruled Inner);

    public sealed record Box<T>(T Inner);

    public sealed record Lists(List<Ruled> Inner);

    public sealed record NestedLists(List<List<Ruled>> Inner);

    public sealed record Dictionaries(Dictionary<string, Ruled> Inner);

    public sealed record ListDictionaries(Dictionary<string, List<Ruled>> Inner);

    public sealed record Pair(KeyValuePair<string, Ruled> Inner);

    public sealed record Foreign(HttpSettings Inner);

    public record Base([StringLength(3)] string Title);

    public sealed record Derived(string Title, int Count = 1) : Base(Title);

    [JsonDerivedType(typeof(Circle), "circle")]
    public abstract record Shape;

    public sealed record Circle([StringLength(3)] string Title) : Shape;

    public sealed record HasShape(Shape Inner);

    public sealed record Node([StringLength(3)] string Title, Node? Next = null);

    public sealed record Whole(string Title) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Title.Length > 3)
            {
                yield return new ValidationResult("is too long", [nameof(Title)]);
            }
        }
    }

    [Short]
    public sealed record Marked(string Title);

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class ShortAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is Marked { Title.Length: > 3 } ? new ValidationResult("is too long", ["Title"]) : ValidationResult.Success;
    }

    public record struct Parameters(int Id, [FromBody] Ruled Body);

    internal sealed record Hidden([StringLength(3)] string Title);

    internal sealed record HiddenHolder(Ruled Inner);

    [JsonDerivedType(typeof(HiddenCircle), "circle")]
    internal abstract record HiddenShape;

    internal sealed record HiddenCircle([StringLength(3)] string Title) : HiddenShape;
}
