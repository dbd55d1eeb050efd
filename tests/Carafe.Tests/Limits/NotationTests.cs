namespace Carafe.Tests.Limits;

/// <summary>What is written is what limits, or an error that says why not.</summary>
public sealed class NotationTests
{
    [Theory]
    [InlineData("5/minute", 5, 60, LimitStrategy.Smooth, "5/minute")]
    [InlineData("5 / minute", 5, 60, LimitStrategy.Smooth, "5/minute")]
    [InlineData("5 per minute", 5, 60, LimitStrategy.Smooth, "5/minute")]
    [InlineData("5 PER 1 Minutes", 5, 60, LimitStrategy.Smooth, "5/minute")]
    [InlineData("10/2 hours moving", 10, 7200, LimitStrategy.MovingWindow, "10/2 hours moving")]
    [InlineData("10/2hours fixed", 10, 7200, LimitStrategy.FixedWindow, "10/2 hours fixed")]
    [InlineData("1/second", 1, 1, LimitStrategy.Smooth, "1/second")]
    [InlineData("1000000/day", 1_000_000, 86_400, LimitStrategy.Smooth, "1000000/day")]
    [InlineData("3/month", 3, 30 * 86_400, LimitStrategy.Smooth, "3/month")]
    [InlineData("3/year", 3, 365 * 86_400, LimitStrategy.Smooth, "3/year")]
    [InlineData("3/90 seconds", 3, 90, LimitStrategy.Smooth, "3/90 seconds")]
    public void A_limit_is_read_and_written(string text, int count, int seconds, LimitStrategy strategy, string written)
    {
        var limit = Assert.Single(Limit.Parse("x", text));
        Assert.Equal((count, seconds, strategy, written), (limit.Count, (int)limit.Window.TotalSeconds, limit.Strategy, limit.ToString()));
        Assert.Equal(limit.Scope, Limit.Parse("x", written)[0].Scope);
    }

    [Theory]
    [InlineData("5/minute;100/hour")]
    [InlineData(" 5/minute , 100/hour ")]
    [InlineData("5/minute;100/hour;5 per minute")]
    public void Several_limits_are_separated(string text) => Assert.Equal(["5/minute", "100/hour"], Limit.Parse("x", text).Select(limit => limit.ToString()));

    [Theory]
    [InlineData("5/fortnight", "'fortnight' is no unit")]
    [InlineData("0/minute", "a count is 1 to 1000000, not 0")]
    [InlineData("-5/minute", "a count is 1 to 1000000, not -5")]
    [InlineData("1000001/minute", "a count is 1 to 1000000")]
    [InlineData("10001/minute moving", "a count is 1 to 10000")]
    [InlineData("99999999999999999999/minute", "too large")]
    [InlineData("5/99999999999999999999 minutes", "too large")]
    [InlineData("5/0 minutes", "a window is whole seconds")]
    [InlineData("5/2 years", "a window is whole seconds, from 1 second to 366 days")]
    [InlineData("5/2000000000 years", "a window is whole seconds, from 1 second to 366 days")]
    [InlineData("5/minute sliding", "'sliding' is no strategy")]
    [InlineData("five/minute", "is no limit")]
    [InlineData("5", "is no limit")]
    [InlineData("5/", "is no limit")]
    [InlineData("/minute", "is no limit")]
    [InlineData("5.5/minute", "is no limit")]
    [InlineData("1e3/minute", "is no limit")]
    [InlineData("5/minute;", "is no limit")]
    [InlineData("5/minute;;6/hour", "is no limit")]
    [InlineData("", "is no limit")]
    [InlineData("5/minute\n", "5/minute")]
    public void What_is_no_limit_is_an_error_that_says_why(string text, string why)
    {
        if (text.EndsWith('\n'))
        {
            Assert.Equal(why, Assert.Single(Limit.Parse("x", text)).ToString());
            return;
        }

        var error = Assert.Throws<FormatException>(() => Limit.Parse("x", text));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("é")]
    [InlineData("a\nb")]
    public void A_name_is_what_a_header_can_carry(string name) => Assert.Throws<ArgumentException>(() => new Limit(name, 1, TimeSpan.FromSeconds(1)));

    [Fact]
    public void Keys_of_one_name_are_told_apart_whatever_they_contain()
    {
        string[] texts = ["a", "a:b", "a%3Ab", "a b", "", ":", "1", "\ud800", "\ud801", "\ufffd", "A", new('x', 200), new('x', 201), new('x', 202)];
        var keys = texts.Select(LimitKey.Of)
            .Concat([LimitKey.Everybody, LimitKey.Account(1), LimitKey.Account(-1), LimitKey.Address(null), LimitKey.Address(IPAddress.Parse("0.0.0.1"))])
            .ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(keys.Count, keys.Select(key => key.ToString()).Distinct().Count());
        Assert.All(keys, key => Assert.DoesNotContain(':', key.ToString()));
        Assert.NotEqual(new Limit("a:1/1s", 2, TimeSpan.FromSeconds(1)).Scope, new Limit("a", 1, TimeSpan.FromSeconds(1)).Scope + ":2/1s");
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "0.0.0.1", false)]
    public void A_network_is_an_IPv4_address_or_an_IPv6_64(string one, string other, bool same) =>
        Assert.Equal(same, LimitKey.Address(IPAddress.Parse(one)) == LimitKey.Address(IPAddress.Parse(other)));
}
