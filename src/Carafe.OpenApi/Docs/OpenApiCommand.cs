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
            // The router learns of the routes when the server starts, and this app will not start.
            app.UseEndpoints(_ => { });
            var documents = app.Services.GetRequiredService<OpenApiDocuments>();
            var document = parsed.GetValue(name)!;
            if (!documents.Has(document))
            {
                throw new CommandException(
                    $"There is no document '{document}'. Call builder.Services.AddOpenApi(\"{document}\", options => options.AddCarafeConventions()).");
            }

            var text = await documents.ReadAsync(document, parsed.GetValue(yaml) ? "yaml" : "json");
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
}
