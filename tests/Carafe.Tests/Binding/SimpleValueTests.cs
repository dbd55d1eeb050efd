using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carafe.Tests.Binding;

/// <summary>What a body takes as a member is what a query, a path, a header and a form take as a value.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A test that cannot be repeated is no test.")]
public sealed class SimpleValueTests
{
    public static TheoryData<string> Types => [.. SimpleTypes.All.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_value_in_its_JSON_form_is_taken_wherever_it_stands(string type)
    {
        var kind = SimpleTypes.All[type];
        await using var app = await SmallApp.StartAsync(kind.Map);
        foreach (var text in kind.Good)
        {
            var body = await app.SendAsync("POST", $"/{type}/body", $$"""{"value":{{kind.Json(text)}}}""");
            Assert.True(body.Status == 200, $"body {text}: {body.Body}");
            foreach (var (place, answer) in await AskAsync(app, type, text))
            {
                if (place == "path" && kind.IsWhole && !Regex.IsMatch(text, @"\A(0|-?[1-9][0-9]*)\z"))
                {
                    // One resource has one address.
                    Assert.True(answer.Status is 400 or 404, $"{place} {text}: {answer.Status}");
                    continue;
                }

                Assert.True(answer.Status == 200, $"{place} {text}: {answer.Status} {answer.Body}");
                Assert.True(body.Body == answer.Body, $"{place} {text}: {answer.Body} and not {body.Body}");
            }

            if (type == nameof(Byte))
            {
                // A list of bytes is Base64 in JSON.
                continue;
            }

            var many = await app.SendAsync("GET", $"/{type}/many?value={Uri.EscapeDataString(text)}&value={Uri.EscapeDataString(text)}");
            var one = body.Json.GetProperty("value").GetRawText();
            Assert.True(many.Body == $$"""{"value":[{{one}},{{one}}]}""", $"many {text}: {many.Body}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Any_other_form_is_refused_wherever_it_stands_and_names_the_value(string type)
    {
        var kind = SimpleTypes.All[type];
        await using var app = await SmallApp.StartAsync(kind.Map);
        foreach (var text in kind.Bad.Concat(Mutations(kind)))
        {
            if (IsJson(kind.Json(text)))
            {
                var body = (await app.SendAsync("POST", $"/{type}/body", $$"""{"value":{{kind.Json(text)}}}"""));
                Assert.True(body.Status == 400 && body.Faults is [var fault]
                    && fault.StartsWith("value ", StringComparison.Ordinal), $"body {text}: {body.Status} {body.Body}");
            }

            foreach (var (place, answer) in await AskAsync(app, type, text))
            {
                if (place == "path" && answer.Status == 404 && (kind.IsWhole || type is nameof(Boolean) or nameof(Guid)))
                {
                    // Another spelling of a value is no address of it.
                    continue;
                }

                Assert.True(answer.Status == 400, $"{place} '{text}': {answer.Status} {answer.Body}");
                Assert.True(answer.Faults is [var fault] && fault.StartsWith(place == "header" ? "X-Value " : "value ", StringComparison.Ordinal),
                    $"{place} '{text}': {answer.Body}");
            }

            var many = await app.SendAsync("GET", $"/{type}/many?value={Uri.EscapeDataString(kind.Good[0])}&value={Uri.EscapeDataString(text)}");
            Assert.True(many.Status == 400, $"many '{text}': {many.Status} {many.Body}");
        }
    }

    // Whatever JSON does not take of these, nothing takes.
    private static IEnumerable<string> Mutations(Kind kind)
    {
        var random = new Random(kind.Name.Length * 7919);
        for (var round = 0; round < 60; round++)
        {
            var text = kind.Good[random.Next(kind.Good.Length)];
            var at = random.Next(text.Length + 1);
            const string Signs = " +-,.;:_/0\t\u00a0\u0660\uff11eE'\"xT";
            var mutant = random.Next(3) switch
            {
                0 => text.Insert(at, Signs[random.Next(Signs.Length)].ToString()),
                1 => text.ToUpperInvariant(),
                _ => text.Insert(at, text[..at]),
            };
            if (!kind.MayBe(mutant))
            {
                yield return mutant;
            }
        }
    }

    private static async Task<List<(string Place, Answer Answer)>> AskAsync(TestApp app, string type, string text)
    {
        var escaped = Uri.EscapeDataString(text);
        var all = new List<(string, Answer)>
        {
            ("query", await app.SendAsync("GET", $"/{type}/query?value={escaped}")),
            ("optional", await app.SendAsync("GET", $"/{type}/optional?value={escaped}")),
        };
        if (text.Length > 0)
        {
            all.Add(("form", await app.SendAsync("POST", $"/{type}/form", $"value={escaped}", "application/x-www-form-urlencoded")));
            // A header field has no blanks around it and is ASCII.
            if (text.Trim() == text && text.All(sign => sign is >= ' ' and <= '~'))
            {
                all.Add(("header", await app.SendAsync("GET", $"/{type}/header", (byte[]?)null, null, ("X-Value", text))));
            }

            if (!text.Contains('/', StringComparison.Ordinal) && text.Trim('.').Length > 0)
            {
                all.Add(("path", await app.SendAsync("GET", $"/{type}/path/{escaped}")));
            }
        }

        return all;
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return text.Trim() == text;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
