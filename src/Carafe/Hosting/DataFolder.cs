namespace Carafe;

/// <summary>
/// Where what the app writes lies when its setting is a relative path: the database file, uploads, keys. It is the content root, or the folder that <c>DATA_FOLDER</c> names. A test's
/// app has a folder of its own, which goes with the test.
/// </summary>
/// <param name="configuration">The configuration.</param>
/// <param name="environment">The environment.</param>
public sealed class DataFolder(IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>The absolute path of the folder.</summary>
    public string Root { get; } = Path.GetFullPath(configuration["DATA_FOLDER"] is { Length: > 0 } folder ? folder : ".", environment.ContentRootPath);

    /// <summary>Returns the absolute path that a setting means.</summary>
    /// <param name="path">A path; an absolute one is returned as it is.</param>
    public string Resolve(string path) => Path.GetFullPath(path, Root);
}
