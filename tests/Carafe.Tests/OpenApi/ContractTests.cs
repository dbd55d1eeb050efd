using Carafe.Tests.Wires;

namespace Carafe.Tests.OpenApi;

public sealed class ContractTests
{
    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task An_answer_that_keeps_to_the_document_passes(string wire)
    {
        await using var app = await TestApp.StartAsync(Shop.Create, TwoWires.Of(wire)).EnforceContract();
        await app.Client.GetAsync("/cups/1", TestContext.Current.CancellationToken).Expect(200);
        await app.Client.GetAsync("/cups/2", TestContext.Current.CancellationToken).ExpectError(404);
        await app.Client.GetAsync("/cups?limit=0", TestContext.Current.CancellationToken).ExpectError(TwoWires.Invalid(wire), "limit");
        await app.Client.GetAsync("/nowhere", TestContext.Current.CancellationToken).ExpectError(404);
        await app.Client.PostJson("/", new { }).ExpectError(405);
    }

    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task A_status_that_is_not_documented_fails_the_test_that_meets_it(string wire)
    {
        await using var app = await TestApp.StartAsync(Shop.Create, TwoWires.Of(wire)).EnforceContract();
        var fault = await Assert.ThrowsAsync<ContractException>(() => app.Client.GetAsync("/cups/418", TestContext.Current.CancellationToken));
        Assert.Contains("418 is not documented", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task A_member_that_is_not_documented_fails_the_test_that_meets_it(string wire)
    {
        await using var app = await TestApp.StartAsync(Shop.Create, TwoWires.Of(wire)).EnforceContract();
        var fault = await Assert.ThrowsAsync<ContractException>(() => app.Client.GetAsync("/cups/7/maker", TestContext.Current.CancellationToken));
        Assert.Contains("$.price: is not documented", fault.Message, StringComparison.Ordinal);
        Assert.Contains("$.name: is required and missing", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task An_app_implements_the_document_that_it_serves(string wire)
    {
        await using var app = await TestApp.StartAsync(Shop.Create, TwoWires.Of(wire));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, await app.Client.GetStringAsync("/openapi/v1.yaml", TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken);
        await app.MustImplementAsync(file);
        File.Delete(file);
    }

    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task What_differs_from_a_written_document_is_listed_with_its_place(string wire)
    {
        await using var app = await TestApp.StartAsync(Shop.Create, TwoWires.Of(wire));
        var file = Path.GetTempFileName();
        var blue = wire == TwoWires.Kit ? "deep_blue" : "deepBlue";
        var yaml = await app.Client.GetStringAsync("/openapi/v1.yaml", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, yaml
            .Replace("/cups/search", "/cups/find", StringComparison.Ordinal)
            .Replace("maxLength: 80", "maxLength: 90", StringComparison.Ordinal)
            .Replace("'409'", "'410'", StringComparison.Ordinal)
            .Replace("name: limit", "name: size", StringComparison.Ordinal)
            .Replace($"- {blue}", "- deep_red", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<ContractException>(() => app.MustImplementAsync(file));
        var lines = fault.Message.Split(Environment.NewLine);
        Assert.Equal(["GET /cups/find", "  the app has no such operation"], lines[1..3]);
        Assert.Equal(["GET /cups/search", "  is not in the written document"], lines[^2..]);
        Assert.Equal(
            [
                "POST /cups",
                $"  body {TwoWires.MediaType(wire)}.properties.name.maxLength is 80 in the app and 90 in the written document",
                "  status 410 is missing from the app",
                "  status 409 is not in the written document",
            ],
            Group(lines, "POST /cups").Where(line => !line.Contains(blue, StringComparison.Ordinal)));
        Assert.Contains("  parameter size is missing from the app", Group(lines, "GET /cups"));
        Assert.Contains($"enum is \"{blue}\" in the app and \"deep_red\"", fault.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    private static List<string> Group(string[] lines, string operation) =>
        [operation, .. lines.SkipWhile(line => line != operation).Skip(1).TakeWhile(line => line.StartsWith(' '))];
}

public sealed class ContractProbeTests
{
    [Theory]
    [MemberData(nameof(TwoWires.Both), MemberType = typeof(TwoWires))]
    public async Task The_probe_finds_what_is_off_the_document_and_says_how_to_see_it_again(string wire)
    {
        await using var app = await TestApp.StartAsync(Shop.Create, TwoWires.Of(wire));
        var report = await app.ProbeContractAsync(_ => Task.FromResult(app.Client), requests: 500);
        Assert.Contains(report.Failures, fault => fault.Contains("$.price: is not documented", StringComparison.Ordinal)
            && fault.Contains("GET /cups/", StringComparison.Ordinal));
        Assert.All(report.Failures, fault => Assert.Contains("/maker", fault, StringComparison.Ordinal));
        Assert.True(report.Responses.ContainsKey(("GET /cups/{id}", 200)), string.Join(", ", report.Responses));
        Assert.True(report.Responses.ContainsKey(("GET /cups", TwoWires.Invalid(wire))));
    }
}
