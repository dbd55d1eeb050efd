using Carafe.Configuration;

namespace Carafe.Tests.Configuration;

public sealed class DotenvParserTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("'a'=b", "a", "b")]
    [InlineData("[=b", "[", "b")]
    [InlineData(" a = b ", "a", "b")]
    [InlineData("export a=b", "a", "b")]
    [InlineData(" export 'a'=b", "a", "b")]
    [InlineData("export=1", "export", "1")]
    [InlineData("export export_a=1", "export_a", "1")]
    [InlineData("a=", "a", "")]
    [InlineData("a", "a", null)]
    [InlineData("a # comment", "a", null)]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData("a=b c", "a", "b c")]
    [InlineData("a=b#c", "a", "b#c")]
    [InlineData("a=b #c", "a", "b")]
    [InlineData("a=b\t#c", "a", "b")]
    [InlineData("a=#b", "a", "#b")]
    [InlineData("a= # nothing here", "a", "")]
    [InlineData("a='b c ' # d", "a", "b c ")]
    [InlineData("a=\"b # c\"", "a", "b # c")]
    [InlineData("a=\"b\"#c", "a", "b")]
    [InlineData("a=\"b\nc\"", "a", "b\nc")]
    [InlineData("a='b\nc'", "a", "b\nc")]
    [InlineData("a=\"b\\nc\\t\\\"d\\\\\"", "a", "b\nc\t\"d\\")]
    [InlineData("a='b\\nc\\'d\\\\'", "a", "b\\nc'd\\")]
    [InlineData("a='C:\\folder\\'", "a", "C:\\folder\\")]
    [InlineData("a=\"\\q\"", "a", "\\q")]
    [InlineData("a=\u00e0", "a", "\u00e0")]
    [InlineData("a=\"\u00e0\ud83d\ude00\"", "a", "\u00e0\ud83d\ude00")]
    [InlineData("uglyKey[%$=\"S3cr3t_P4ssw#rD\" #", "uglyKey[%$", "S3cr3t_P4ssw#rD")]
    public void A_statement_gives_a_name_and_a_value(string text, string name, string? value)
    {
        var parsed = DotenvParser.Parse(text);

        Assert.Empty(parsed.Errors);
        var entry = Assert.Single(parsed.Entries);
        Assert.Equal((name, value), (entry.Name, entry.Value));
    }

    [Theory]
    [InlineData("a=b\nc=d")]
    [InlineData("a=b\r\nc=d\r\n")]
    [InlineData("a=b\rc=d")]
    [InlineData("\n\n# a\na=b\n  # b\n\nc=d # e\n")]
    public void Lines_end_in_every_way(string text)
    {
        var parsed = DotenvParser.Parse(text);

        Assert.Empty(parsed.Errors);
        Assert.Equal([("a", "b"), ("c", "d")], parsed.Entries.Select(entry => (entry.Name, entry.Value)));
    }

    [Theory]
    [InlineData("this makes no sense", 1)]
    [InlineData("a=b\n\n=c", 3)]
    [InlineData("a=\"b\nc\"\n'd=e", 3)]
    [InlineData("a=\"b", 1)]
    [InlineData("# c\r\na='b", 2)]
    [InlineData("a='b'c", 1)]
    [InlineData("a=\"b\" c", 1)]
    [InlineData("a=b\rc d\r", 2)]
    public void A_statement_that_makes_no_sense_is_a_fault_with_its_line(string text, int line) =>
        Assert.Equal(line, Assert.Single(DotenvParser.Parse(text).Errors).Line);

    [Fact]
    public void Every_fault_is_found_and_what_is_sound_is_read()
    {
        var parsed = DotenvParser.Parse("a b\nc=d\n=e\nf=\"g\nh=i\n");

        Assert.Equal([1, 3, 4], parsed.Errors.Select(fault => fault.Line));
        Assert.Equal(["c", "h"], parsed.Entries.Select(entry => entry.Name));
    }
}
