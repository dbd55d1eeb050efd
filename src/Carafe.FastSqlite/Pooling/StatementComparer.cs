namespace Carafe.FastSqlite.Pooling;

/// <summary>Compares statements, which are long, and mostly the same object: their ends tell nearly all of them apart.</summary>
internal sealed class StatementComparer : IEqualityComparer<string>
{
    public static readonly StatementComparer Instance = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string text) => string.GetHashCode(text.AsSpan(Math.Max(0, text.Length - 32)), StringComparison.Ordinal) ^ text.Length;
}
