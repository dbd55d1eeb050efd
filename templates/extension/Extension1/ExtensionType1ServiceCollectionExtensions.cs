using System.CommandLine;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the extension.</summary>
public static class ExtensionType1ServiceCollectionExtensions
{
    /// <summary>Adds the service, its settings, its error (422), and the command <c>extension-command-1</c>.</summary>
    public static IServiceCollection AddExtensionType1(this IServiceCollection services)
    {
        services.AddSettings<ExtensionType1Settings>();
        services.AddSingleton<ExtensionType1>();
        services.AddErrorMap<ExtensionType1Exception>((_, _) => new ApiError(422, "There is nobody to greet."));
        services.AddCommand(Command);
        return services;
    }

    private static Command Command(WebApplication app)
    {
        var name = new Argument<string>("name");
        var command = new Command("extension-command-1", "Print a greeting.") { name };
        command.SetAction(parsed =>
            parsed.InvocationConfiguration.Output.WriteLine(app.Services.GetRequiredService<ExtensionType1>().Greet(parsed.GetRequiredValue(name))));
        return command;
    }
}
