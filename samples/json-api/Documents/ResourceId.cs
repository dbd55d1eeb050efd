using System.Globalization;

namespace JsonApi.Documents;

/// <summary>Names a resource.</summary>
/// <param name="Type">The type, such as <c>articles</c>.</param>
/// <param name="Id">The id; a text, whatever the database has.</param>
public sealed record ResourceId([property: TextLength(1, 50)] string Type, [property: TextLength(1, 50)] string Id)
{
    public static ResourceId Of(string type, int id) => new(type, Text(id));

    public static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Refuses a resource of another type, or another resource, with the 409 that JSON:API wants.</summary>
    public static void Require(string type, string wanted, string? id = null, int? wantedId = null)
    {
        if (type != wanted)
        {
            throw Abort.Conflict($"The resources here are {wanted}.", "data.type");
        }

        if (wantedId is { } number && id != Text(number))
        {
            throw Abort.Conflict("The id is not that of the address.", "data.id");
        }
    }
}

/// <summary>A relationship to one resource.</summary>
/// <param name="Data">The resource.</param>
public sealed record ToOne(ResourceId Data);
