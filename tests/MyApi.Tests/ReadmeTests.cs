using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace MyApi.Tests;

/// <summary>
/// What README shows on the console happens: each line but dotnet's is run against a new MyApi, in order, and must print what stands below it.
/// </summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task Every_curl_call_answers_as_README_says()
    {
        var folder = MyApiProcess.NewFolder();
        await using var api = await MyApiProcess.ServeAsync(folder);
        var script = new StringBuilder("set -u\n");
        var expected = new List<string>();
        foreach (var (command, output) in Calls(await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "README.md"))))
        {
            script.AppendLine(command.Replace("http://127.0.0.1:5000", api.Client.BaseAddress!.ToString().TrimEnd('/'))).AppendLine("echo; echo ==END==");
            expected.Add(output);
        }

        var printed = (await BashAsync(script.ToString(), folder)).Split("==END==\n", StringSplitOptions.TrimEntries).SkipLast(1).ToArray();

        Assert.True(expected.Count >= 5, "README shows fewer than five calls.");
        Assert.Equal(expected.Select(Settle), printed.Select(Settle));
        await api.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_one_file_API_that_README_shows_is_the_sample()
    {
        const string fence = "```csharp file=samples/one-file/notes.cs\n";
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var shown = readme[(readme.IndexOf(fence, StringComparison.Ordinal) + fence.Length)..].Split("```")[0];

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "one-file", "notes.cs")), shown);
    }

    private static List<(string Command, string Output)> Calls(string[] lines)
    {
        var calls = new List<(string, string)>();
        var fence = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                fence = fence.Length == 0 ? lines[i] : "";
                continue;
            }

            if (fence != "```console" || !lines[i].StartsWith("$ ", StringComparison.Ordinal) || lines[i].StartsWith("$ dotnet", StringComparison.Ordinal))
            {
                continue;
            }

            var command = lines[i][2..];
            while (command.EndsWith('\\'))
            {
                command = $"{command}\n{lines[++i]}";
            }

            var output = new StringBuilder();
            while (i + 1 < lines.Length && !lines[i + 1].StartsWith("$ ", StringComparison.Ordinal)
                && !lines[i + 1].StartsWith("```", StringComparison.Ordinal))
            {
                output.AppendLine(lines[++i]);
            }

            calls.Add((command, output.ToString().Trim()));
        }

        return calls;
    }

    // What differs from run to run: times, tokens, trace ids.
    private static string Settle(string text) =>
        Token().Replace(Trace().Replace(Time().Replace(text.ReplaceLineEndings("\n"), "<time>"), "<trace>"), "\"<token>\"");

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex Time();

    [GeneratedRegex("(?<=\"trace_id\":\")[^\"]+")]
    private static partial Regex Trace();

    [GeneratedRegex("\"(ey[^\"]+|<token>)\"")]
    private static partial Regex Token();

    private static async Task<string> BashAsync(string script, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        using var bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return output;
    }
}
