namespace Carafe.Tests.OpenApi;

/// <summary>What the command <c>client</c> refuses. What it writes is compiled and run by <c>.ci/contract</c>.</summary>
public sealed class ClientCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carafe-client-").FullName;

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { "cobol", "new", 2, "Argument 'cobol' not recognized" },
        { "typescript", "full", 1, "is not an empty folder" },
        { "csharp", "full/kept", 1, "is not an empty folder" },
        { "csharp", "none/new", 1, "none does not exist" },
        { "typescript", "", 2, "--output" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_wrong_language_or_folder_is_refused_and_nothing_is_written(string language, string output, int code, string reason)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "full"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "full/kept"), "", TestContext.Current.CancellationToken);

        string[] arguments = ["client", language, .. output.Length > 0 ? ["--output", Path.Combine(_folder, output)] : Array.Empty<string>()];
        var (exit, said) = await RunAsync(arguments);

        Assert.Equal(code, exit);
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.Equal(["full", "full/kept"], Files());
    }

    [Theory]
    [InlineData("link")]
    [InlineData("link/")]
    [InlineData("dangling")]
    public async Task A_link_is_refused_and_kept(string output)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "target"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), "target");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "dangling"), "none");

        var (exit, said) = await RunAsync("client", "csharp", "--output", Path.Combine(_folder, output));

        Assert.Equal(1, exit);
        Assert.Contains("is a link", said, StringComparison.Ordinal);
        Assert.Equal(["dangling", "link", "target"], Files());
    }

    [Fact]
    public async Task A_document_that_is_not_there_is_refused()
    {
        var (exit, said) = await RunAsync("client", "csharp", "--output", Path.Combine(_folder, "new"), "--document", "v9");
        Assert.Equal((1, true), (exit, said.Contains("There is no document 'v9'", StringComparison.Ordinal)));
        Assert.Empty(Files());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<string> Files() => Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_folder, path)).Order(StringComparer.Ordinal);

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CarafeApp.RunAsync([.. arguments, "--environment", "Testing"], Shop.Create, output, error);
        return (code, error.ToString() + output);
    }
}
