#if !POSTGRESQL && !MARIADB
namespace MyApi.Tests;

/// <summary>What MyApi writes is for the user who runs it, and for nobody else on the machine.</summary>
public sealed class PrivateFileTests
{
    private const UnixFileMode File0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder0700 = File0600 | UnixFileMode.UserExecute;

    private static readonly Dictionary<string, string> Settings = new() { ["JWT_ALGORITHM"] = "ES256" };

    [Fact]
    public async Task Whatever_the_app_makes_can_be_opened_by_its_own_user_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has permissions of its own.");
        var folder = MyApiProcess.NewFolder();
        await using (var api = await MyApiProcess.ServeAsync(folder, Settings))
        {
            await api.Client.RegisterAsync("alice").Expect(201);
            var tokens = await api.Client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).Expect(200);
            api.Client.DefaultRequestHeaders.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
            await api.Client.PutAsync("/files/a/b.txt", new StringContent("private")).Expect(201);
            Assert.Equal(0, (await MyApiProcess.RunAsync(folder, Settings, "db", "backup", "app.backup")).ExitCode);
            Assert.Equal(0, (await MyApiProcess.RunAsync(folder, Settings, "keys", "rotate")).ExitCode);

            var made = new DirectoryInfo(folder).GetFileSystemInfos("*", SearchOption.AllDirectories);
            Assert.True(made.Length > 10, string.Join(", ", made.Select(file => file.Name)));
            Assert.Contains(made, file => file.Name.EndsWith("-wal", StringComparison.Ordinal));
            Assert.All(made, file => Assert.Equal((file.FullName, file is DirectoryInfo ? Folder0700 : File0600), (file.FullName, file.UnixFileMode)));
            Assert.DoesNotContain("Other users", api.Output, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_others_may_open_is_warned_of_at_start()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has permissions of its own.");
        var folder = MyApiProcess.NewFolder();
        await using (var first = await MyApiProcess.ServeAsync(folder, Settings))
        {
        }

        string[] loose = ["dev.db", "keys", "storage", ".carafe"];
        Directory.CreateDirectory(Path.Combine(folder, "storage"));
        foreach (var name in loose)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path.Combine(folder, name), Folder0700 | UnixFileMode.OtherRead);
            }
        }

        await using (var second = await MyApiProcess.ServeAsync(folder, Settings))
        {
            await second.Client.GetAsync("/readyz").Expect(200);
            Assert.All(loose, name => Assert.Contains($"{Path.Combine(folder, name)} (mode 0704)", second.Output, StringComparison.Ordinal));
        }

        Directory.Delete(folder, recursive: true);
    }
}
#endif
