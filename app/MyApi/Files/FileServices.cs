namespace MyApi.Files;

/// <summary>Adds the file store, with what keeps it tidy and what says how it is.</summary>
internal static class FileServices
{
    public static void AddFileStore(this IServiceCollection services)
    {
        services.AddSettings<FileSettings>();
        services.AddSingleton<FileFolder>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<BlobChecks>();
        services.AddHostedService<FileSweep>();
        services.AddHealthChecks().AddCheck<FileHealth>("files", tags: ["ready"]);
    }
}
