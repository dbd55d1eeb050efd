#if (auth)
using ApiNamespace1.Auth;
#endif
using ApiNamespace1.Notes;

namespace ApiNamespace1;

/// <summary>Builds the app: everything that it is made of, on one screen.</summary>
public static class ApiFactory
{
    /// <summary>Creates the app. Program.cs, the tests and every command use it; <paramref name="configure"/> runs last.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CarafeApp.CreateBuilder(args);

        builder.Services.AddDatabase<AppDb>();
#if (auth)
        builder.Services.AddAuth<AppDb, User>();
#endif
#if (tasks)
        builder.Services.AddTasks<AppDb>();
        builder.Services.AddTask<CountWords>(CountWords.RunAsync);
#endif
        builder.Services.AddValidation();
        builder.Services.AddOpenApi(options => options.AddCarafeConventions());
        builder.Services.AddDocs();
        configure?.Invoke(builder);

        var app = builder.Build();

        app.UseCarafe();
#if (auth)
        app.UseAuth();
#endif

        app.MapDocs();
        app.MapHealth();
#if (auth)
        app.MapBlueprint<AuthBlueprint>("/auth");
#endif
        app.MapBlueprint<NotesBlueprint>("/notes");

        return app;
    }
}
