using JsonApi.Accounts;
using JsonApi.Articles;

namespace JsonApi;

/// <summary>Builds the app: an API whose wire is JSON:API 1.1 (https://jsonapi.org/format/1.1/), not Carafe's own.</summary>
public static class ArticlesApp
{
    /// <summary>Creates the app. Program.cs, the tests and every command use it; <paramref name="configure"/> runs last.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CarafeApp.CreateBuilder(args);

        builder.Services.AddWire();
        builder.Services.AddDatabase<AppDb>();
        builder.Services.AddAuth<AppDb, User>(auth => auth.TokenScheme = "Token");
        builder.Services.AddValidation();
        builder.Services.AddOpenApi(options => options.AddCarafeConventions(info => info.Title = "Articles"));
        builder.Services.AddDocs();
        configure?.Invoke(builder);

        var app = builder.Build();

        app.UseCarafe();
        app.UseAuth();

        app.MapDocs();
        app.MapHealth();
        app.MapBlueprint<AccountsBlueprint>("/accounts");
        app.MapBlueprint<SessionsBlueprint>("/sessions");
        app.MapBlueprint<ArticlesBlueprint>("/articles");

        return app;
    }
}
