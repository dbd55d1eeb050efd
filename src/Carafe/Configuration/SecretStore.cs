using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Carafe.Configuration;

/// <summary>Makes the secrets that nobody set: in Testing for this app alone, in Development once for this content root.</summary>
internal sealed class SecretStore(IHostEnvironment environment)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ConcurrentDictionary<string, string> _made = new();

    public string Make(string name) => _made.GetOrAdd(name, environment.IsDevelopment() ? Keep : _ => Random());

    private static string Random() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));

    private string Keep(string name)
    {
        var folder = Path.Combine(environment.ContentRootPath, ".carafe");
        var path = Path.Combine(folder, name);
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).TrimEnd() : Write(folder, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be written, in a container say: the secret lives as long as the process.
            return Random();
        }
    }

    // The name appears only when the content is whole, and never twice: of two processes that start at once, both read what the first one wrote.
    private static string Write(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        Place(Path.Combine(folder, ".gitignore"), "*\n");
        Place(path, Random() + "\n");
        return File.ReadAllText(path).TrimEnd();
    }

    private static void Place(string path, string content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(content);
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
