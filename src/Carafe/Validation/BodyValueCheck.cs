using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carafe.Json;

namespace Carafe.Validation;

/// <summary>
/// Finds what the serializer lets into a body and the rules refuse: null in elements of lists, in values of dictionaries and in members whose type is a
/// type parameter; text that is none in what is declared as <see cref="object"/>.
/// </summary>
internal sealed class BodyValueCheck
{
    private readonly List<Step> _members = [];

    private Step? _element;
    private bool _leads;

    private BodyValueCheck()
    {
    }

    /// <summary>Makes the check of a type; null when nothing in it needs one.</summary>
    public static BodyValueCheck? For(NullableShape shape, JsonSerializerOptions json)
    {
        var made = new Dictionary<string, BodyValueCheck>();
        var root = Make(shape, json, made);
        bool changed;
        do
        {
            // What leads to a check has to be walked, round circles of types too.
            changed = false;
            foreach (var check in made.Values.Where(check => !check._leads
                && (check._members.Exists(Matters) || (check._element is { } element && Matters(element)))))
            {
                changed = check._leads = true;
            }
        }
        while (changed);

        foreach (var check in made.Values)
        {
            check._members.RemoveAll(step => !Matters(step));
        }

        return root._leads ? root : null;
    }

    /// <summary>Returns the paths, by C# names, at which a value is invalid, and what is wrong there.</summary>
    public IEnumerable<(string Path, string Message)> Find(object? value, string path)
    {
        if (value is null || !_leads)
        {
            return [];
        }

        return _element is { } element
            ? Items((IEnumerable)value).SelectMany(item => Follow(element, item.Value, $"{path}[{item.At}]"))
            : _members.Where(step => step.Owner.IsInstanceOfType(value))
            .SelectMany(step => Follow(step, step.Get(value), path.Length == 0 ? step.Name : $"{path}.{step.Name}"));
    }

    private static IEnumerable<(string Path, string Message)> Follow(Step step, object? value, string path) => value switch
    {
        null => step.RefusesNull ? [(path, JsonErrorMessages.NotNull)] : [],
        JsonElement element when step.IsFree => FreeForm.IsText(element) ? [] : [(path, JsonErrorMessages.Invalid)],
        _ => step.Check.Find(value, path),
    };

    private static bool Matters(Step step) => step.RefusesNull || step.IsFree || step.Check._leads;

    private static IEnumerable<(string At, object? Value)> Items(IEnumerable items)
    {
        var index = 0;
        foreach (var item in items)
        {
            yield return item is DictionaryEntry entry ? (Key(entry.Key), entry.Value)
                : item?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                    ? (Key(type.GetProperty("Key")!.GetValue(item)), type.GetProperty("Value")!.GetValue(item))
                : (index.ToString(CultureInfo.InvariantCulture), item);
            index++;
        }
    }

    private static string Key(object? key) => ValidationPath.Escape(Convert.ToString(key, CultureInfo.InvariantCulture));

    private static BodyValueCheck Make(NullableShape shape, JsonSerializerOptions json, Dictionary<string, BodyValueCheck> made)
    {
        shape = shape.WithoutNullable;
        var key = shape.ToString();
        if (made.TryGetValue(key, out var known))
        {
            return known;
        }

        var check = made[key] = new BodyValueCheck();
        var type = json.GetTypeInfo(shape.Type);
        if (type.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
        {
            check._element = new Step("", typeof(object), item => item, Refuses(shape.Element), shape.Element.Type == typeof(object),
                Make(shape.Element, json, made));
        }
        else if (type.Kind == JsonTypeInfoKind.Object)
        {
            check.AddMembers(shape, type, json, made);
            foreach (var derived in type.PolymorphismOptions?.DerivedTypes.Where(derived => derived.DerivedType != shape.Type) ?? [])
            {
                check.AddMembers(NullableShape.Of(derived.DerivedType), json.GetTypeInfo(derived.DerivedType), json, made);
            }
        }

        return check;
    }

    private void AddMembers(NullableShape shape, JsonTypeInfo type, JsonSerializerOptions json, Dictionary<string, BodyValueCheck> made)
    {
        foreach (var member in type.Properties)
        {
            if (member is { Get: { } get, AttributeProvider: MemberInfo info }
                && !_members.Exists(step => step.Name == info.Name && step.Owner.IsAssignableFrom(type.Type)))
            {
                var inner = shape.Member(info);
                // The serializer has asked every member whose type is no type parameter.
                _members.Add(
                    new Step(info.Name, type.Type, get, NullableShape.IsOpen(info) && Refuses(inner), inner.Type == typeof(object), Make(inner, json, made)));
            }
        }
    }

    private static bool Refuses(NullableShape shape) => !shape.AllowsNull && !shape.Type.IsValueType;

    private sealed record Step(string Name, Type Owner, Func<object, object?> Get, bool RefusesNull, bool IsFree, BodyValueCheck Check);
}
