using System.Diagnostics;

namespace Chaos;

/// <summary>Says what went wrong in a scenario.</summary>
internal sealed class FailedException(string message) : Exception(message);

/// <summary>Says what a scenario needs and this machine does not have.</summary>
internal sealed class SkippedException(string message) : Exception(message);

/// <summary>The folder, the file systems and the servers of one run of a scenario. All are gone at its end.</summary>
internal sealed class Machine(string assembly, Random random, TimeSpan hold) : IDisposable
{
    private readonly List<string> _mounts = [];
    private readonly List<Api> _apis = [];
    private string? _memory;

    public string Folder { get; } = Directory.CreateTempSubdirectory("carafe-chaos-").FullName;

    public Random Random => random;

    /// <summary>Gets how long a scenario lasts that has to be survived for a minute: in a short run only a few seconds.</summary>
    public TimeSpan Hold => hold;

    public string LastLines => string.Join("\n", _apis.Select(api => api.Output));

    /// <summary>Starts a server in the machine's folder and waits until it is ready.</summary>
    /// <param name="settings">Its environment.</param>
    /// <param name="shell">What the shell does before, such as <c>ulimit -n 100;</c>.</param>
    public async Task<Api> StartAsync(IReadOnlyDictionary<string, string>? settings = null, string shell = "")
    {
        var api = new Api(assembly, Folder, settings ?? new Dictionary<string, string>(), shell);
        _apis.Add(api);
        await api.ReadyAsync();
        return api;
    }

    /// <summary>Runs a command of the app to its end.</summary>
    public async Task CommandAsync(params string[] arguments)
    {
        using var process = Process.Start(Api.Info(assembly, Folder, new Dictionary<string, string>(), "", arguments))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Check(process.ExitCode == 0, $"'{string.Join(' ', arguments)}' ended with {process.ExitCode}: {await output}{error}");
    }

    /// <summary>Mounts a small file system.</summary>
    /// <param name="name">The name of its folder.</param>
    /// <param name="megabytes">Its size.</param>
    public string Mount(string name, int megabytes)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        if (!Environment.IsPrivilegedProcess || Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) != 0)
        {
            throw new SkippedException("needs root, to mount a small file system");
        }

        _mounts.Add(folder);
        return folder;
    }

    /// <summary>Returns what the shell does to keep a server within some memory, as a container does; null where this machine has no such groups.</summary>
    /// <param name="megabytes">The memory.</param>
    public string? LimitMemory(int megabytes)
    {
        var (root, limit) = Directory.Exists("/sys/fs/cgroup/memory") ? ("/sys/fs/cgroup/memory", "memory.limit_in_bytes") : ("/sys/fs/cgroup", "memory.max");
        try
        {
            _memory = Directory.CreateDirectory(Path.Combine(root, Path.GetFileName(Folder))).FullName;
            File.WriteAllText(Path.Combine(_memory, limit), $"{megabytes}M");
            return $"echo $$ >{_memory}/cgroup.procs;";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes until there is no room, and returns the file to delete.</summary>
    public static string Fill(string folder)
    {
        var file = Path.Combine(folder, "filler");
        using var filler = File.Create(file, 1);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            return file;
        }
    }

    public static void Check(bool holds, string message)
    {
        if (!holds)
        {
            throw new FailedException(message);
        }
    }

    /// <summary>Asks until a condition holds, for at most ten seconds: that long a machine may take to notice.</summary>
    public static async Task WithinTenSecondsAsync(string what, Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Check(clock.Elapsed < TimeSpan.FromSeconds(10), $"Not within ten seconds: {what}");
            await Task.Delay(100);
        }
    }

    public void Dispose()
    {
        foreach (var api in _apis)
        {
            api.Dispose();
        }

        if (Directory.Exists(_memory))
        {
            Run("rmdir", _memory);
        }

        foreach (var mount in _mounts)
        {
            Run("umount", "--lazy", mount);
        }

        Directory.Delete(Folder, recursive: true);
    }

    public static int Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
