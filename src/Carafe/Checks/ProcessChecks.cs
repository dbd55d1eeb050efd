using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Carafe.Connections;

namespace Carafe.Checks;

/// <summary>Checks the process and the machine under it.</summary>
internal static class ProcessChecks
{
    private const string Page = "docs/checks.md";
    private const long Gigabyte = 1L << 30;

    public static IEnumerable<Check> All =>
    [
        new("C201", CheckSeverity.Warning, context => ConfigurationChecks.When(IsDebug(context), "The app was built for debugging."))
        {
            Why = "Code that is not optimized answers a third of the requests.",
            Remedy = "dotnet publish -c Release",
            Page = Page + "#c201",
            Deploy = true,
        },
        new("C202", CheckSeverity.Warning, _ => ConfigurationChecks.When(!OperatingSystem.IsWindows() && Environment.UserName == "root",
            "The process runs as root."))
        {
            Why = "Whoever gets hold of the process gets hold of the machine.",
            Remedy = "User=myapi in the systemd unit, USER app in the Dockerfile",
            Page = Page + "#c202",
            Deploy = true,
        },
        new("C203", CheckSeverity.Warning, context => ConfigurationChecks.When(
            context.Setting("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1" && IsWritable(AppContext.BaseDirectory),
            "The container's files can be written by the app."))
        {
            Why = "Whoever gets hold of the process can change the program that the next start runs.",
            Remedy = "docker run --read-only --tmpfs /tmp, readOnlyRootFilesystem: true; DATA_FOLDER on a volume",
            Page = Page + "#c203",
            Deploy = true,
        },
        new("C204", CheckSeverity.Warning, _ => from limits in new[] { MachineLimits.Read() }
            where limits.Descriptors < 4096
            select string.Create(CultureInfo.InvariantCulture, $"The process may open {limits.Descriptors} files: {limits.Connections} connections at once."))
        {
            Why = "Each connection is an open file. Beyond the limit callers get 503.",
            Remedy = "LimitNOFILE=65536 in the systemd unit, ulimit -n 65536",
            Page = Page + "#c204",
            Deploy = true,
        },
        new("C205", CheckSeverity.Warning, _ => from limits in new[] { MachineLimits.Read() }
            where limits.Memory < 128L << 20
            select string.Create(CultureInfo.InvariantCulture, $"The heap may use {limits.Memory >> 20} MB of memory."))
        {
            Why = "Large bodies and many connections are refused with 503 early.",
            Remedy = "Give it 256 MB or more: MemoryMax= in the systemd unit, --memory in Docker.",
            Page = Page + "#c205",
            Deploy = true,
        },
        new("C206", CheckSeverity.Warning, context => from drive in Drive(context)
            where drive.AvailableFreeSpace < Gigabyte && drive.AvailableFreeSpace < drive.TotalSize / 10
            select string.Create(CultureInfo.InvariantCulture, $"{drive.AvailableFreeSpace >> 20} MB are free where {Root(context)} is."))
        {
            Why = "A full disk turns every write into 503 or 507.",
            Remedy = "Make room, or set DATA_FOLDER to a larger disk.",
            Page = Page + "#c206",
            Deploy = true,
        },
        new("C207", CheckSeverity.Error, context => ConfigurationChecks.When(!IsWritable(Root(context)), $"{Root(context)} cannot be written."))
        {
            Why = "Uploads, keys and a SQLite database live there.",
            Remedy = "chown it to the app's user, or set DATA_FOLDER to another folder.",
            Page = Page + "#c207",
            Deploy = true,
        },
        new("C208", CheckSeverity.Warning, context => ConfigurationChecks.When(
            Root(context).StartsWith(Path.GetTempPath(), StringComparison.Ordinal) || Root(context).StartsWith("/var/tmp/", StringComparison.Ordinal),
            $"The data folder {Root(context)} is a temporary one."))
        {
            Why = "It is emptied at a restart, or by a job that tidies up.",
            Remedy = "DATA_FOLDER=/var/lib/myapi",
            Page = Page + "#c208",
            Deploy = true,
        },
        new("C209", CheckSeverity.Error, context => from built in BuildTime(context)
            let now = context.Services.GetRequiredService<TimeProvider>().GetUtcNow()
            where now < built.AddDays(-1)
            select string.Create(CultureInfo.InvariantCulture, $"The clock says {now:u}, and the app was built at {built:u}."))
        {
            Why = "Tokens, certificates and row stamps made by such a clock are wrong for good.",
            Remedy = "timedatectl set-ntp true",
            Page = Page + "#c209",
            AtStart = true,
        },
        new("C210", CheckSeverity.Warning, _ => ConfigurationChecks.When(CultureInfo.CurrentCulture.Name.Length > 0,
            $"The process has the culture {CultureInfo.CurrentCulture.Name}."))
        {
            Why = "Code that forgets a culture writes numbers and dates by the machine's language, and needs ICU's libraries.",
            Remedy = "<InvariantGlobalization>true</InvariantGlobalization> in the project file",
            Page = Page + "#c210",
            Deploy = true,
        },
        new("C211", CheckSeverity.Warning, context => ConfigurationChecks.When(
            Debugger.IsAttached || context.Setting("DOTNET_MODIFIABLE_ASSEMBLIES") == "debug",
            "A debugger, or dotnet watch, is at work on the process."))
        {
            Why = "Both can change the program while it runs, and stop it.",
            Remedy = "Start the published app itself: dotnet MyApi.dll",
            Page = Page + "#c211",
            Deploy = true,
        },
    ];

    private static string Root(CheckContext context) => context.Services.GetRequiredService<DataFolder>().Root;

    private static bool IsDebug(CheckContext context) =>
        AppAssembly(context)?.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true;

    private static Assembly? AppAssembly(CheckContext context) =>
        AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == context.App.Environment.ApplicationName);

    private static IEnumerable<DateTimeOffset> BuildTime(CheckContext context) =>
        AppAssembly(context)?.Location is { Length: > 0 } path ? [new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero)] : [];

    private static IEnumerable<DriveInfo> Drive(CheckContext context) => Directory.Exists(Root(context)) ? [new DriveInfo(Root(context))] : [];

    private static bool IsWritable(string folder)
    {
        var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
