using System.Text.Json;

namespace Carafe.Testing;

/// <summary>
/// Holds what a schema allows, in one form for its many spellings: references followed, <c>allOf</c> merged, <c>nullable</c> of OpenAPI 3.0 and a choice
/// with null as the type null.
/// </summary>
internal sealed class ContractShape
{
    private ContractShape()
    {
    }

    /// <summary>Gets the types; empty means any.</summary>
    public HashSet<string> Types { get; } = [];

    public Dictionary<string, JsonElement> Properties { get; } = [];

    public HashSet<string> Required { get; } = [];

    public Dictionary<string, JsonElement> Keywords { get; } = [];

    public List<JsonElement>? Values { get; private set; }

    public JsonElement? Items { get; private set; }

    /// <summary>Gets the schema of members without a name; null where there is none.</summary>
    public JsonElement? Others { get; private set; }

    /// <summary>Gets whether members without a name are forbidden.</summary>
    public bool IsClosed { get; private set; }

    public List<JsonElement> Choices { get; } = [];

    public bool MayBeNull => Types.Contains("null");

    public static ContractShape Of(ContractSchema schemas, JsonElement schema)
    {
        var shape = new ContractShape();
        shape.Add(schemas, schema);
        return shape;
    }

    private void Add(ContractSchema schemas, JsonElement schema)
    {
        schema = schemas.Resolve(schema);
        // true and false are schemas as well.
        foreach (var keyword in schema.ValueKind == JsonValueKind.Object ? schema.EnumerateObject() : default)
        {
            Add(schemas, schema, keyword.Name, keyword.Value);
        }
    }

    private void Add(ContractSchema schemas, JsonElement schema, string name, JsonElement value)
    {
        switch (name)
        {
            case "type":
                Types.UnionWith(ContractSchema.TypesOf(schema));
                break;
            case "nullable" when value.ValueKind == JsonValueKind.True:
                Types.Add("null");
                break;
            case "properties":
                value.EnumerateObject().ToList().ForEach(member => Properties[member.Name] = member.Value);
                break;
            case "required":
                Required.UnionWith(value.EnumerateArray().Select(item => item.GetString()!));
                break;
            case "enum":
                Values = [.. value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null)];
                break;
            case "const":
                Values = [value];
                break;
            case "items":
                Items = value;
                break;
            case "additionalProperties":
                (IsClosed, Others) = (value.ValueKind == JsonValueKind.False, value.ValueKind == JsonValueKind.Object ? value : null);
                break;
            case "allOf":
                value.EnumerateArray().ToList().ForEach(part => Add(schemas, part));
                break;
            case "oneOf" or "anyOf":
                Choose(schemas, [.. value.EnumerateArray()]);
                break;
            case "exclusiveMinimum" or "exclusiveMaximum" when value.ValueKind == JsonValueKind.True:
                // OpenAPI 3.0: the limit stands beside it.
                var limit = name == "exclusiveMinimum" ? "minimum" : "maximum";
                Keywords[name] = schema.GetProperty(limit);
                Keywords.Remove(limit);
                break;
            case "minimum" or "maximum" when schema.TryGetProperty(name == "minimum" ? "exclusiveMinimum" : "exclusiveMaximum", out var exclusive)
                && exclusive.ValueKind == JsonValueKind.True:
                break;
            default:
                Keywords[name] = value;
                break;
        }
    }

    private void Choose(ContractSchema schemas, List<JsonElement> choices)
    {
        var nulls = choices.Where(choice => ContractSchema.TypesOf(schemas.Resolve(choice)) is ["null"]).ToList();
        if (nulls.Count > 0)
        {
            Types.Add("null");
            choices.RemoveAll(nulls.Contains);
        }

        if (choices is [var only])
        {
            Add(schemas, only);
        }
        else
        {
            Choices.AddRange(choices);
        }
    }
}
