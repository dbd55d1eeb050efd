using System.Diagnostics;

namespace MyApi.Tests;

/// <summary>A small file system of its own, which only root may make; without that a test is skipped.</summary>
internal sealed class SmallMount : IDisposable
{
    private SmallMount(string folder) => Folder = folder;

    public string Folder { get; }

    public static SmallMount Create(string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a small file system needs Linux and root.");
        var folder = Directory.CreateTempSubdirectory("myapi-mount-").FullName;
        var mounted = Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);
        if (mounted != 0)
        {
            Directory.Delete(folder);
        }

        Assert.SkipUnless(mounted == 0, "This machine does not let a test mount a file system.");
        return new SmallMount(folder);
    }

    public void Break(string trouble)
    {
        if (trouble == "read-only")
        {
            Assert.Equal(0, Run("mount", "-o", "remount,ro", Folder));
            return;
        }

        using var filler = File.Create(Path.Combine(Folder, "filler"), 1);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            filler.Flush();
        }
    }

    public void Mend()
    {
        Assert.Equal(0, Run("mount", "-o", "remount,rw", Folder));
        File.Delete(Path.Combine(Folder, "filler"));
    }

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    public static int Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
