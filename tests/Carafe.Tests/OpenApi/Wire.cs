using System.ComponentModel.DataAnnotations;
using Carafe.OpenApi;
using Carafe.Tests.Binding;

namespace Carafe.Tests.OpenApi
{
    public sealed record Lenient(
        [StringLength(20, MinimumLength = 2)] string Name = "ab", [Range(1, 10)] int Count = 3, [MaxLength(5)] string? Note = null,
        [RegularExpression("^[a-z]+$")] string Word = "x",
        [TextLength(2, 5)] string Text = "ab", [MaxLength(3)] List<string?>? Tags = null, string? Plain = null, DateTime? At = null, TimeSpan? Span = null,
        Shade Shade = Shade.DarkGreen, Shade? Other = null, Part? Part = null);

    public sealed record Part([StringLength(3)] string Name, string? Note = null);

    public sealed record Whole([StringLength(20)] string Name, Part Part, string? Note = null, Part? Other = null);

    public sealed record Comment(string Text, List<Comment> Replies, Dictionary<string, Comment>? ByName = null, Comment? Parent = null);

    public sealed record Named<T>(T Item);

    public sealed record Label(string Name);

    public sealed record Ruled([StringLength(3)] string Title);

    public sealed record Holder(List<Named<Ruled>> Items, Dictionary<string, Ruled> Map, [Range(1, 5)] int Count, [MinLength(1)] List<int> Numbers,
        Ruled? Next = null);

    internal static class Wire
    {
        public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
        {
            var builder = CarafeApp.CreateBuilder(args);
            builder.Services.AddRules();
            builder.Services.AddOpenApi(options => options.AddCarafeConventions());
            builder.Services.AddDocs();
            configure?.Invoke(builder);
            var app = builder.Build();
            if (app.Configuration["BASE"] is { } path)
            {
                app.UsePathBase(path);
            }

            app.UseCarafe();
            app.MapDocs();
            app.MapPost("/lenient", (Lenient body) => TypedResults.Ok(body));
            app.MapPost("/whole", (Whole body) => TypedResults.Ok(body));
            app.MapPatch("/whole", async (MergePatch<Whole> patch) => TypedResults.Ok(await patch.ApplyToAsync(new Whole("a", new Part("b")))));
            app.MapGet("/filter", ([AsParameters] Filter filter) => TypedResults.Ok(filter));
            app.MapGet("/slugs/{slug}", ([StringLength(5, MinimumLength = 2)] string slug, [Range(1, 9)] int pageSize = 3) => TypedResults.Ok(slug + pageSize));
            app.MapPost("/comments", (Comment body) => TypedResults.Ok(body));
            app.MapPost("/named", (Named<Label[]> body) => TypedResults.Ok(body));
            app.MapPost("/labels", (Label body) => TypedResults.Ok(body));
            app.MapPost("/labels/other", (Elsewhere.Label body) => TypedResults.Ok(body));
            app.MapPost("/holder", (Holder body) => TypedResults.Ok(body));
            app.MapPost("/named-ruled", (Named<Ruled> body) => TypedResults.Ok(body));
            return app;
        }
    }
}

namespace Carafe.Tests.Elsewhere
{
    public sealed record Label(int Number);
}
