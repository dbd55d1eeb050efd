namespace Carafe.Tests.Architecture;

/// <summary>Finds the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Source { get; } = Path.Combine(Find(new(AppContext.BaseDirectory)), "src");

    private static string Find(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "Carafe.slnx"))
        ? folder.FullName
        : Find(folder.Parent ?? throw new InvalidOperationException("Carafe.slnx is in no folder above the tests."));
}
