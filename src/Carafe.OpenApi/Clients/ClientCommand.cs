using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Carafe.OpenApi.Docs;

namespace Carafe.OpenApi.Clients;

/// <summary>
/// Writes a client of the app: types and calls by a generator that others keep, and beside them a session that renews tokens and repeats requests.
/// </summary>
internal static class ClientCommand
{
    // What others wrote gets what it runs and downloads with, and none of the app's settings.
    private static readonly HashSet<string> Passed = new(StringComparer.OrdinalIgnoreCase)
    {
        "PATH", "HOME", "LANG", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
        // Windows.
        "APPDATA", "COMSPEC", "LOCALAPPDATA", "PATHEXT", "PROGRAMDATA", "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "WINDIR",
    };

    private static readonly string[] PassedGroups = ["NPM_CONFIG_", "NODE_", "DOTNET_", "NUGET_", "SSL_CERT_"];

    public static Command Create(WebApplication app)
    {
        var language = new Argument<string>("language") { Description = $"The client's language: {string.Join(", ", ClientLanguage.All.Keys)}." };
        language.AcceptOnlyFromAmong([.. ClientLanguage.All.Keys]);
        var output = new Option<DirectoryInfo>("--output") { Description = "The new folder.", HelpName = "DIR", Required = true };
        var name = new Option<string>("--document")
        {
            Description = "Of which document, by its name in AddOpenApi.",
            DefaultValueFactory = _ => OpenApiDocuments.Default
        };
        var command = new Command("client", "Write a client of this API into a new folder.") { language, output, name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetValue(output)!;
            Require(folder);
            var document = await app.ReadDocumentAsync(parsed.GetValue(name)!);
            var kind = ClientLanguage.All[parsed.GetValue(language)!];
            var stage = Directory.CreateDirectory(Path.Combine(folder.Parent!.FullName, $".client-{Guid.NewGuid():N}"));
            try
            {
                await File.WriteAllBytesAsync(Path.Combine(stage.FullName, "openapi.json"), document.Utf8, cancellationToken);
                var model = ClientTemplateModel.Read(document.Utf8, app.Environment.ApplicationName, app.Services.GetRequiredService<TokenCarrier>());
                foreach (var (file, text) in kind.Files(model))
                {
                    await File.WriteAllTextAsync(Path.Combine(stage.FullName, file), text, cancellationToken);
                }

                await GenerateAsync(kind, model, stage, cancellationToken);
                if (folder.Exists)
                {
                    folder.Delete();
                }

                stage.MoveTo(folder.FullName);
            }
            catch
            {
                stage.Delete(recursive: true);
                throw;
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Wrote {folder.FullName}. {kind.Next}");
            return 0;
        });
        return command;
    }

    private static void Require(DirectoryInfo folder)
    {
        // What a link leads to is only seen without the slash.
        if (new FileInfo(Path.TrimEndingDirectorySeparator(folder.FullName)) is { LinkTarget: { } target } link)
        {
            throw new CommandException($"{link.FullName} is a link. Give the client the folder itself, such as {target}.");
        }

        if (File.Exists(folder.FullName) || (folder.Exists && folder.EnumerateFileSystemInfos().Any()))
        {
            throw new CommandException($"{folder.FullName} is not an empty folder. Give the client a new one, or remove that first.");
        }

        if (folder.Parent is not { Exists: true })
        {
            throw new CommandException($"{folder.Parent?.FullName ?? folder.FullName} does not exist.");
        }
    }

    private static async Task GenerateAsync(ClientLanguage kind, ClientTemplateModel model, DirectoryInfo stage, CancellationToken cancellationToken)
    {
        var (program, arguments) = kind.Generator(model);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = stage.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => !IsForGenerator(name)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Start(start, kind);
        try
        {
            var lines = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                var said = string.Concat(lines).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Take(3);
                throw new CommandException($"{kind.Name} failed: {string.Join(" / ", said)}. Nothing was written.");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static bool IsForGenerator(string name) => Passed.Contains(name)
        || PassedGroups.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static Process Start(ProcessStartInfo start, ClientLanguage kind)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new CommandException($"{start.FileName} is not installed: {kind.Name} makes this client, and needs {kind.Needs}. Nothing was written.");
        }
    }
}
