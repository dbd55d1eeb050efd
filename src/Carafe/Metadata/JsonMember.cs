namespace Carafe;

/// <summary>Describes one member of a JSON object.</summary>
/// <param name="Name">The name on the wire, or of the code.</param>
/// <param name="Type">Its CLR type.</param>
/// <param name="Description">What it holds.</param>
/// <param name="Required">Whether it is always present. Default: true.</param>
/// <param name="Nullable">Whether it can be null. Default: false.</param>
/// <param name="IsNamedByPolicy">Whether <paramref name="Name"/> is the name of the code, which the app's naming policy translates. Default: false.</param>
internal sealed record JsonMember(
    string Name, Type Type, string Description, bool Required = true, bool Nullable = false, bool IsNamedByPolicy = false);
