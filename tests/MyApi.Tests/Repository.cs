namespace MyApi.Tests;

/// <summary>Finds files of the repository.</summary>
internal static class Repository
{
    /// <summary>Gets the folder of the solution.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "Carafe.slnx"))
        ? folder.FullName
        : Find(folder.Parent ?? throw new InvalidOperationException("Carafe.slnx is in no folder above the tests."));
}
