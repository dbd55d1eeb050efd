using System.Text.RegularExpressions;

namespace MyApi.Tests;

/// <summary>Checks the walk through the code in docs/lifecycle.md: a reader can follow it file by file.</summary>
public sealed partial class LifecycleTests
{
    [Fact]
    public async Task The_walk_of_a_request_names_at_most_twenty_files_of_the_kit_each_once()
    {
        var docs = Path.Combine(Repository.Root, "docs");
        var steps = (await File.ReadAllLinesAsync(Path.Combine(docs, "lifecycle.md"))).Where(line => Step().IsMatch(line)).ToList();
        var files = steps.Select(step => Step().Match(step).Groups["file"].Value).ToList();

        Assert.InRange(files.Count, 10, 20);
        Assert.Equal(files.Distinct(StringComparer.Ordinal), files);
        Assert.Equal(Enumerable.Range(1, files.Count).Select(number => $"{number}."), steps.Select(step => step.Split(' ')[0]));
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(docs, file)), $"docs/lifecycle.md names {file}, which does not exist."));
    }

    [GeneratedRegex(@"^\d+\. \[[^]]+\]\((?<file>\.\./src/[^)]+)\)")]
    private static partial Regex Step();
}
