using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data;

/// <summary>The ways to a server that a URL of libpq's can name: a socket in a folder, and a certificate that is looked at.</summary>
public sealed class PostgresWireTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("carafe-wire-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_with_a_socket_is_a_host()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = new Uri(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        using var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        door.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, $".s.PGSQL.{url.Port}")));
        door.Listen();
        _ = PassAsync(door, url.Port);

        var (model, name) = (await ModelAsync(), url.AbsolutePath.Trim('/'));
        await model.OkAsync($"postgresql://postgres@/{name}?host={_folder.FullName}&port={url.Port}", "db", "upgrade");
        await model.OkAsync($"postgresql://postgres@{Uri.EscapeDataString(_folder.FullName)}:{url.Port}/{name}", "db", "check");
        await model.OkAsync($"postgresql://postgres@/{name}?host={_folder.FullName}&port={url.Port}", "db", "backup", Path.Combine(_folder.FullName, "backup"));
    }

    [Fact]
    public async Task A_backup_looks_at_the_servers_certificate_as_the_app_does()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        var (ours, foreign) = (Certificate("server"), Certificate("foreign"));
        if (Environment.IsPrivilegedProcess)
        {
            var user = File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
            using var chown = Process.Start("chown", ["-R", user, _folder.FullName]);
            await chown.WaitForExitAsync(Stop);
        }

        await server.SqlAsync($"ALTER SYSTEM SET ssl_cert_file = '{ours}.crt'");
        await server.SqlAsync($"ALTER SYSTEM SET ssl_key_file = '{ours}.key'");
        await server.SqlAsync("ALTER SYSTEM SET ssl = on");
        await server.KillAsync();
        await server.RestartAsync();
        var (model, url) = (await ModelAsync(), await server.CreateDatabaseAsync());
        await model.OkAsync($"{url}?sslmode=verify-full&sslrootcert={ours}.crt", "db", "upgrade");

        await model.OkAsync($"{url}?sslmode=verify-full&sslrootcert={ours}.crt", "db", "backup", Path.Combine(_folder.FullName, "good"));
        var output = await model.FailsAsync($"{url}?sslmode=verify-full&sslrootcert={foreign}.crt", "db", "backup", Path.Combine(_folder.FullName, "bad"));
        Assert.Contains("certificate verify failed", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "bad")));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<CompiledModel> ModelAsync() =>
        new CompiledModel(Lab.Source("public class Book { public int Id { get; set; } }", "model.Entity<Book>();")).MigrateAsync("First");

    private static async Task PassAsync(Socket door, int port)
    {
        while (true)
        {
            var inside = await door.AcceptAsync(Stop);
            var outside = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await outside.ConnectAsync(IPAddress.Loopback, port, Stop);
            var (one, other) = (new NetworkStream(inside, ownsSocket: true), new NetworkStream(outside, ownsSocket: true));
            _ = CopyAsync(one, other);
            _ = CopyAsync(other, one);
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to, Stop);
        }
        catch (IOException)
        {
            // One side has closed.
        }

        await to.DisposeAsync();
    }

    private string Certificate(string name)
    {
        var file = Path.Combine(_folder.FullName, name);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText($"{file}.crt", certificate.ExportCertificatePem());
        File.WriteAllText($"{file}.key", key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode($"{file}.key", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }
}
