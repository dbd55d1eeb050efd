using System.Globalization;
using System.Security;
using Microsoft.CodeAnalysis.CSharp;

namespace Carafe.Data.Adoption;

/// <summary>
/// Puts what a database says into C#. What a writer did not make itself goes through here: it cannot end its literal, its comment or its line.
/// </summary>
internal static class CSharpText
{
    /// <summary>Returns a text as a C# literal.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Returns a text as a part of a documentation comment.</summary>
    public static string Comment(string text) => SecurityElement.Escape(Line(text))!;

    /// <summary>Returns a text in one line, without what a terminal obeys.</summary>
    public static string Line(string text) => string.Concat(text.Select(letter => char.GetUnicodeCategory(letter)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : letter));
}
