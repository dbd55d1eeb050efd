using MyApi.Auth;
using MyApi.Files;
using MyApi.Posts;
using MyApi.Products;
using MyApi.Users;

namespace MyApi;

/// <summary>Builds the app: everything that MyApi is made of, on one screen.</summary>
public static class MyApp
{
    /// <summary>Creates the app. Program.cs, the tests and every command use it; <paramref name="configure"/> runs last.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CarafeApp.CreateBuilder(args);

        builder.Services.AddDatabase<AppDb>();
        builder.Services.AddMySql();
        builder.Services.AddIdempotency<AppDb>();
        builder.Services.AddTasks<AppDb>();
        builder.Services.AddRecoveryMail();
        builder.Services.AddAccountMail();
        builder.Services.AddRegistrationByMail();
        builder.Services.AddAccountPruning();
        builder.Services.AddSeed<AppDb>(DemoData.SeedAsync);
        builder.Services.AddAuth<AppDb, User>();
        builder.Services.AddWerkzeugHashes();
        builder.Services.AddLimits();
        builder.Services.AddRedis();
        builder.Services.AddTelemetry();
        builder.Services.AddValidation();
        builder.Services.AddOpenApi(options => options.AddCarafeConventions(About.Describe));
        builder.Services.AddDocs();
        builder.Services.AddFileStore();
        builder.Services.AddSettings<QuotaSettings>();
        builder.Services.AddSingleton<QuotaTurns>();
        builder.Services.AddScoped<Quota>();
        builder.Services.AddScoped<UserDeletion>();
        builder.Services.AddCommand(UserCommands.Create);
        configure?.Invoke(builder);

        var app = builder.Build();

        app.UseCarafe();
        app.UseAuth();

        app.MapDocs();
        app.MapHealth();
        app.MapMetrics();
        app.MapSecurityText();
        app.MapGet("/", Welcome.Show).AllowAnonymous();
        app.MapBlueprint<AuthBlueprint>("/auth");
        app.MapBlueprint<UsersBlueprint>("/users");
        app.MapBlueprint<PostsBlueprint>("/posts");
        app.MapBlueprint<ProductsBlueprint>("/products");
        app.MapBlueprint<FilesBlueprint>("/files");
        app.MapTaskPage("/admin/tasks").ExcludeFromDescription();

        return app;
    }
}
