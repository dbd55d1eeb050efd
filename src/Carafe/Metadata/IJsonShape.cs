namespace Carafe;

/// <summary>A type whose converter writes other JSON members than its properties. It says here which, so that the OpenAPI document is true.</summary>
internal interface IJsonShape
{
    /// <summary>The members, in the order in which they are written.</summary>
    static abstract IReadOnlyList<JsonMember> JsonMembers { get; }
}
