namespace Carafe.Tests.Configuration;

/// <summary>A content root of its own, gone at the end.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("carafe-").FullName;

    public TestFolder With(string file, string content)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    public string[] Args(string environment) => ["--environment", environment, "--contentRoot", Path];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
