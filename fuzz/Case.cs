using System.Text;
using System.Text.Json;

namespace Fuzz;

/// <summary>What becomes of the connection once everything was sent.</summary>
internal enum Ending
{
    Read,
    Fin,
    Reset,
    Stall,
}

/// <summary>One connection: the pieces that are sent, with a pause between them, and how it ends.</summary>
internal sealed record Case(string Name, bool IsHttp2, byte[][] Pieces, Ending Ending)
{
    public string Serialize() => JsonSerializer.Serialize(this, Indented);

    public static Case Read(string file) => JsonSerializer.Deserialize<Case>(File.ReadAllText(file))!;

    public override string ToString() => $"{Name} ({(IsHttp2 ? "HTTP/2" : "HTTP/1.1")}, {Ending}): {Text()}";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private string Text()
    {
        var text = string.Join("|",
            Pieces.Select(piece => IsHttp2
                ? Convert.ToHexString(piece)
                : Encoding.Latin1.GetString(piece).Replace("\r\n", "\\r\\n", StringComparison.Ordinal)));
        return text.Length > 600 ? text[..600] + "..." : text;
    }
}
