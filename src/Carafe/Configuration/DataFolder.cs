namespace Carafe;

/// <summary>
/// Holds the folder for what the app writes under a relative path: the database file, uploads, keys. It is the content root, or the folder that
/// <c>DATA_FOLDER</c> names. A test's app has a folder of its own, which is deleted with the test.
/// </summary>
/// <param name="configuration">The configuration.</param>
/// <param name="environment">The environment.</param>
public sealed class DataFolder(IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>Gets the absolute path of the folder.</summary>
    public string Root { get; } = Path.GetFullPath(configuration["DATA_FOLDER"] is { Length: > 0 } folder ? folder : ".", environment.ContentRootPath);

    /// <summary>Returns the absolute path of a setting's value.</summary>
    /// <param name="path">The path; an absolute one is returned as it is.</param>
    public string Resolve(string path) => Path.GetFullPath(path, Root);
}
