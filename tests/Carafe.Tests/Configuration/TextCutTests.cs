using Carafe.Configuration;

namespace Carafe.Tests.Configuration;

public sealed class TextCutTests
{
    [Fact]
    public void Text_is_cut_between_code_points_wherever_it_is_cut()
    {
        foreach (var text in (string[])["", "a", "ab", "a🔑b", "🔑🔑🔑", new string('a', 255) + "😀", string.Concat(Enumerable.Repeat("é😀", 200))])
        {
            for (var length = 0; length <= text.Length + 1; length++)
            {
                var cut = TextCut.To(text, length);
                Assert.True(cut.Length <= length || length == 0);
                Assert.StartsWith(cut, text, StringComparison.Ordinal);
                Assert.DoesNotContain(System.Text.Rune.ReplacementChar, cut.EnumerateRunes());
                Assert.True(text.Length <= length ? cut == text : cut.Length >= length - 1);
            }
        }
    }
}
