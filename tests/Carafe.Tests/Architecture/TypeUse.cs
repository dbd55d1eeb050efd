namespace Carafe.Tests.Architecture;

/// <summary>A file that uses a type. Paths are relative to the repository's src/, such as <c>Carafe/Errors/Abort.cs</c>.</summary>
internal sealed record TypeUse(string File, string Type, string DeclaredIn);
