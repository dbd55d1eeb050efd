using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Carafe.Configuration;

/// <summary>Generates the secrets that are not set: in Testing for this app alone, in Development once for this content root.</summary>
internal sealed class DevelopmentSecrets(IHostEnvironment environment, DataFolder data, ILogger<DevelopmentSecrets> logger)
{
    // A spin becomes a wait of a millisecond: some seconds in all.
    private const int Patience = 5_000;

    private readonly ConcurrentDictionary<string, string> _made = new();

    public string Make(string name) => _made.GetOrAdd(name, environment.IsDevelopment() ? Keep : _ => Random());

    private static string Random() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));

    private string Keep(string name)
    {
        var folder = data.Resolve(".carafe");
        var path = Path.Combine(folder, name);
        try
        {
            PrivateFiles.Warn(logger, folder, path);
            return File.Exists(path) ? File.ReadAllText(path).TrimEnd() : Write(folder, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder cannot be written, for example in a container: the secret lasts as long as the process.
            return Random();
        }
    }

    // Two processes that start at once both use what the first one wrote; the file gets its name only once it is whole.
    private static string Write(string folder, string path)
    {
        PrivateFiles.CreateFolder(folder);
        using var gate = Enter(Path.Combine(folder, ".gitignore"));
        if (!File.Exists(path))
        {
            var temporary = path + ".new";
            using (var file = new FileStream(temporary, PrivateFiles.Options(FileMode.Create)))
            {
                file.Write(Encoding.ASCII.GetBytes(Random() + "\n"));
            }

            File.Move(temporary, path, overwrite: true);
        }

        return File.ReadAllText(path).TrimEnd();
    }

    // The ignore file is also the lock. File.Move without overwriting cannot be: it checks first and moves then.
    private static FileStream Enter(string path)
    {
        for (var wait = new SpinWait(); ; wait.SpinOnce())
        {
            try
            {
                var gate = new FileStream(path, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite));
                if (gate.Length == 0)
                {
                    gate.Write("*\n"u8);
                }

                return gate;
            }
            catch (IOException) when (File.Exists(path) && wait.Count < Patience)
            {
            }
        }
    }
}
