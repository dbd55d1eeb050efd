using System.Text.Json.Serialization;

namespace Carafe.Tests.Binding;

/// <summary>Bodies whose types refuse null in every place where a type can, and the same ones that allow it.</summary>
public static class NullShapes
{
    public sealed record Tag(string Name);

    public sealed record Envelope<T>(T Item);

    public sealed record Labelled<T>(T? Item, List<T> Items, IReadOnlyDictionary<string, T>? Map = null);

    public sealed class Settable<T>
    {
        public required T Item { get; set; }
    }

    public record Base<T>(T Item, IReadOnlyList<T> Items);

    public sealed record Closed(string Item, IReadOnlyList<string> Items) : Base<string>(Item, Items);

    public sealed record Inherited(Tag Item, IReadOnlyList<Tag> Items, int Count) : Base<Tag>(Item, Items);

    public sealed record InheritedLoose(Tag? Item, IReadOnlyList<Tag?> Items) : Base<Tag?>(Item, Items);

    public sealed record Lists(
        IReadOnlyList<string> Tags, List<List<string>>? Deep = null, string[][]? Arrays = null, Dictionary<string, string>? Map = null,
        Dictionary<string, List<Tag>>? Lists2 = null,
        HashSet<string>? Set = null, IEnumerable<Tag>? Any = null, IDictionary<string, Tag>? Entries = null);

    public sealed record Loose(IReadOnlyList<string?> Tags, Dictionary<string, string?>? Map = null, Tag?[]? Array = null, Envelope<string?>? Envelope = null);

    public sealed record Outer(Envelope<Envelope<Tag>> Inner);

    public sealed class Names : List<string>;

    public sealed record HasNames(Names Names);

    public readonly record struct Point(string Name, int X, string? Note);

    public sealed record HasPoint(Point Point, Point? Other = null);

    public sealed record Node(string Name, List<Node> Children);

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape(string Name);

    public sealed record Circle(string Name, int Radius, List<string>? Tags = null) : Shape(Name);

    public sealed record Square(string Name, int Side) : Shape(Name);

    public sealed record HasShapes(Shape Main, List<Shape> Others);

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "$type")]
    [JsonDerivedType(typeof(Cat), 1)]
    [JsonDerivedType(typeof(Dog), 2)]
    public interface IPet
    {
        string Name { get; }
    }

    public sealed record Cat(string Name) : IPet;

    public sealed record Dog(string Name) : IPet;
}
