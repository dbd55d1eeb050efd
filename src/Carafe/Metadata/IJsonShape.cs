namespace Carafe;

/// <summary>Lists the JSON members of a type whose converter writes members that are not its properties, for the OpenAPI document.</summary>
internal interface IJsonShape
{
    /// <summary>Gets the members in the order in which they are written.</summary>
    static abstract IReadOnlyList<JsonMember> JsonMembers { get; }
}
