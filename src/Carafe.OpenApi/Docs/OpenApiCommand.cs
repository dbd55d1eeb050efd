using System.CommandLine;
using System.Text;

namespace Carafe.OpenApi.Docs;

internal static class OpenApiCommand
{
    public static Command Create(WebApplication app)
    {
        var yaml = new Option<bool>("--yaml") { Description = "Print YAML. Default: JSON." };
        var output = new Option<FileInfo?>("--output") { Description = "Write to a file.", HelpName = "FILE" };
        var name = new Option<string>("--document")
        {
            Description = "Which document, by its name in AddOpenApi.",
            DefaultValueFactory = _ => OpenApiDocuments.Default
        };
        var command = new Command("openapi", "Print the OpenAPI document.") { yaml, output, name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = await app.ReadDocumentAsync(parsed.GetValue(name)!, parsed.GetValue(yaml) ? "yaml" : "json");
            if (parsed.GetValue(output) is { } file)
            {
                await File.WriteAllBytesAsync(file.FullName, text.Utf8, cancellationToken);
            }
            else
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(Encoding.UTF8.GetString(text.Utf8));
            }

            return 0;
        });
        return command;
    }

    /// <summary>Makes a document of an app that does not serve.</summary>
    /// <exception cref="CommandException">The app has no such document.</exception>
    public static Task<DocumentText> ReadDocumentAsync(this WebApplication app, string name, string format = "json")
    {
        // The router learns of the routes when the server starts, and this app will not start.
        app.UseEndpoints(_ => { });
        var documents = app.Services.GetRequiredService<OpenApiDocuments>();
        return documents.Has(name) ? documents.ReadAsync(name, format)
            : throw new CommandException(
                $"There is no document '{name}'. Call builder.Services.AddOpenApi(\"{name}\", options => options.AddCarafeConventions()).");
    }
}
