namespace Carafe.Configuration;

internal static class TextCut
{
    /// <summary>Returns the text, or as much of it as fits, cut between code points.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The most UTF-16 units.</param>
    public static string To(string text, int length) =>
        text.Length <= length ? text : text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
