using System.Numerics;
using Carafe.Tests.Http;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Binding;

/// <summary>Every simple type in every place where a request may have a value, with what nobody should send there.</summary>
public sealed class HostileValueTests
{
    private static readonly Dictionary<string, Kind> Kinds = SimpleTypes.All.Values.Concat(
    [
        new Kind<string>("(?s:.*)", ["a"], []), new Kind<BigInteger>("-?[0-9]+", ["1"], []),
        new Kind<DayOfWeek>("[a-z]+", ["monday"], []), new Kind<HttpStatusCode>("[a-z_]+", ["ok"], []), new Kind<UriKind>("[a-z_]+", ["absolute"], []),
        new Kind<int?>("-?[0-9]+", ["1"], []), new Kind<Shade?>("[a-z_]+", ["dark_green"], []), new Kind<DateOnly?>("[0-9-]+", ["2026-05-28"], []),
    ]).DistinctBy(kind => kind.Name + kind.Good[0]).ToDictionary(kind => kind.Name + ":" + kind.Good[0]);

    // The hole is where the value stands; what is named by its fault comes first.
    private static readonly (string Path, string Member, string Body)[] Places =
    [
        ("/member", "value", """{"value":#}"""), ("/list", "value[1]", """{"value":[@,#]}"""), ("/array", "value[0]", """{"value":[#]}"""),
        ("/map", "value.a", """{"value":{"b":@,"a":#}}"""), ("/inner", "value.value", """{"value":{"value":#}}"""),
        ("/struct", "value.value", """{"value":{"value":#}}"""), ("/structs", "[1].value", """[{"value":@},{"value":#}]"""),
        ("/optional", "value", """{"value":#}"""), ("/top", "[1]", "[@,#]"),
    ];

    private static readonly string[] Json =
    [
        "null", "true", "false", "0", "-0", "-1", "1.5", "1e400", "-1e400", "1e-400", "99999999999999999999999999999999999999999", "0.1e1", "\"\"", "\"x\"",
        "\"null\"", "\"NaN\"", "\"1\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\uD83C\\uDF7A\"", "\"\\u202e\"",
        "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999-14:00\"", "\"9999-12-31\"", "\"-10675199.02:48:05.4775808\"", "\"2147483648.1\"",
        "\"light_green\"", "\"5\"", "\"____\"", "\"====\"", "\"A\"", "\"http://\\u0001\"", "[]", "{}", "[[]]", "[null]", "{\"value\":null}", "{\"\":{}}",
        new string('[', 20) + new string(']', 20), $"\"{new string('9', 20_000)}\"", new string('9', 20_000), $"0.{new string('0', 5_000)}1",
        "{\"$type\":\"x\"}", "{\"$ref\":\"1\"}",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "null", "true", "0", "-0", "-1", "1.5", "1e400", "NaN", "99999999999999999999999999999999999999999", "%00",
    ];

    public static TheoryData<string> Types => [.. Kinds.Keys];

    // Any text is a string.
    public static TheoryData<string> Parsed => [.. Kinds.Keys.Where(type => !type.StartsWith("String:", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_body_is_taken_or_refused_by_the_name_of_its_member(string type)
    {
        var (kind, log) = (Kinds[type], new LogLines());
        await using var app = await StartAsync(kind.MapBodies, log);
        var good = kind.Json(kind.Good[0]);
        // Bytes are Base64 text and no list.
        var isList = kind is not Kind<byte>;
        foreach (var (path, member, body) in Places.Where(place => isList || place.Path is not ("/array" or "/top")))
        {
            var fine = await app.SendAsync("POST", path, body.Replace("@", good, StringComparison.Ordinal).Replace("#", good, StringComparison.Ordinal));
            Assert.True(fine.Status == 200, $"{path} {good}: {fine.Status} {fine.Body}");
            foreach (var value in Json)
            {
                var sent = body.Replace("@", good, StringComparison.Ordinal).Replace("#", value, StringComparison.Ordinal);
                var answer = await app.SendAsync("POST", path, sent);
                Check(answer, $"{path} {Short(sent)}", name => name == member || name.StartsWith(member + ".", StringComparison.Ordinal)
                    || name.StartsWith(member + "[", StringComparison.Ordinal));
                if (value == "null" && path != "/optional" && !type.Contains("Nullable", StringComparison.Ordinal))
                {
                    answer.IsError(400);
                }
            }
        }

        Assert.Empty(log.From(LogLevel.Warning));
    }

    [Theory]
    [MemberData(nameof(Parsed))]
    public async Task A_text_is_taken_or_refused_by_the_name_of_its_parameter(string type)
    {
        var (kind, log) = (Kinds[type], new LogLines());
        await using var app = await StartAsync(
            routes =>
            {
                kind.Map(routes);
                kind.MapTexts(routes);
            },
            log);
        foreach (var text in Texts)
        {
            foreach (var path in new[] { "/parameters", $"/{kind.Name}/query", $"/{kind.Name}/many", $"/{kind.Name}/optional" })
            {
                Check(await app.SendAsync("GET", $"{path}?value={text}"), $"{path} {Short(text)}", name => name == "value");
            }

            foreach (var path in new[] { "/forms", kind.IsFormMember ? "/whole" : "/forms", $"/{kind.Name}/form" })
            {
                var form = await app.SendAsync("POST", path, $"value={text}", "application/x-www-form-urlencoded");
                Check(form, $"{path} {Short(text)}", name => name == "value");
            }

            foreach (var path in new[] { "/headers", $"/{kind.Name}/header" })
            {
                // What ends a header or is none at all no client can send.
                var value = Uri.UnescapeDataString(text).Replace("\r\n", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal);
                var answer = await app.SendAsync("GET", path, (byte[]?)null, null, ("X-Value", value));
                Check(answer, $"{path} {Short(text)}", name => name == "X-Value");
            }

            if (text.Contains("%00", StringComparison.Ordinal))
            {
                // No server lets it in.
                continue;
            }

            var found = await app.SendAsync("GET", $"/{kind.Name}/path/{text}");
            if (found.Status == 404)
            {
                found.IsError(404);
                continue;
            }

            Check(found, $"path {Short(text)}", name => name == "value");
        }

        Assert.Empty(log.From(LogLevel.Warning));
    }

    private static void Check(Answer answer, string sent, Func<string, bool> isNamed)
    {
        if (answer.Status == 200)
        {
            Assert.True(answer.Body.Length > 0, $"{sent}: 200 without a body");
            return;
        }

        Assert.True(answer.Status == 400, $"{sent}: {answer.Status} {answer.Body}");
        answer.IsError(400);
        // A NUL character or half a surrogate pair is the whole request's fault.
        Assert.True(
            answer.Json.TryGetProperty("errors", out var errors)
                ? errors.EnumerateObject().All(error => isNamed(error.Name)) && errors.EnumerateObject().Any()
                : answer.Message.Contains("NUL", StringComparison.Ordinal) || answer.Message.Contains("UTF", StringComparison.Ordinal),
            $"{sent}: {answer.Body}");
    }

    private static string Short(string text) => text.Length > 200 ? text[..200] : text;

    private static Task<TestApp> StartAsync(Action<WebApplication> map, LogLines log) =>
        SmallApp.StartAsync(map, builder => builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Information));
}
