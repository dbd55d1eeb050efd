using Microsoft.AspNetCore.Routing;

namespace Carafe.Tests.Blueprints;

public sealed class BlueprintTests
{
    private sealed class Admin : IBlueprint
    {
        public static string Name => "admin";

        public static void Map(RouteGroupBuilder group)
        {
            group.WithErrorMap<ArithmeticException>((_, _) => new ApiError(422, "admin, arithmetic"));
            group.WithErrorMap<InvalidOperationException>((_, _) => new ApiError(422, "admin, operation"));
            group.MapGroup("/v1").MapBlueprint<Users>("/users");
        }
    }

    private sealed class Users : IBlueprint
    {
        public static string Name => "users";

        public static void Map(RouteGroupBuilder group)
        {
            group.WithErrorMap<ArithmeticException>((_, _) => new ApiError(409, "users, arithmetic"));
            group.MapGet("/", List);
            group.MapGet("/arithmetic", string () => throw new ArithmeticException());
            group.MapGet("/divide", string () => throw new DivideByZeroException());
            group.MapGet("/operation", string () => throw new InvalidOperationException());
            group.MapGet("/disposed", string () => throw new ObjectDisposedException("x"));
            group.MapGet("/timeout", string () => throw new TimeoutException());
        }

        internal static string List() => "all";
    }

    private sealed class Other : IBlueprint
    {
        public static string Name => "other";

        public static void Map(RouteGroupBuilder group) => group.MapGet("/", Show);

        internal static string Show() => "other";
    }

    [Fact]
    public async Task Prefixes_and_names_join()
    {
        await using var app = await SmallApp.StartAsync(app => app.MapBlueprint<Admin>("/admin").MapBlueprint<Other>("/other"));

        Assert.Equal("all", await app.Client.GetStringAsync("/admin/v1/users", TestContext.Current.CancellationToken));
        Assert.Equal("other", await app.Client.GetStringAsync("/admin/other/", TestContext.Current.CancellationToken));
        var links = app.Services.GetRequiredService<LinkGenerator>();
        Assert.Equal("/admin/v1/users", links.GetPathByName("admin.users.List"));
        Assert.Equal("/admin/other", links.GetPathByName("admin.other.Show"));
    }

    [Fact]
    public async Task One_blueprint_type_may_be_nested_in_two_others()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapBlueprint<Admin>("/admin");
            app.MapBlueprint<Users>("/users");
        });

        Assert.Equal("all", await app.Client.GetStringAsync("/users", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("arithmetic", 409, "users, arithmetic")]
    [InlineData("divide", 409, "users, arithmetic")]
    [InlineData("operation", 422, "admin, operation")]
    [InlineData("disposed", 410, "users, disposed")]
    [InlineData("timeout", 504, "app, timeout")]
    public async Task An_error_map_answers_for_its_group_the_closest_type_and_the_innermost_group_first(string path, int status, string message)
    {
        await using var app = await SmallApp.StartAsync(
            app => app.MapBlueprint<Admin>("/admin").WithErrorMap<ObjectDisposedException>((_, _) => new ApiError(410, "users, disposed")),
            builder =>
            {
                builder.Services.AddErrorMap<TimeoutException>((_, _) => new ApiError(504, "app, timeout"));
                builder.Services.AddErrorMap<DivideByZeroException>((_, _) => new ApiError(500, "app, divide"));
            });

        var response = await app.Client.GetAsync($"/admin/v1/users/{path}", TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(message,
            (await response.Content.ReadFromJsonAsync<ErrorBody>(JsonConventions.Apply(new()), TestContext.Current.CancellationToken))?.Message);
    }

    [Fact]
    public async Task A_blueprint_s_error_map_does_not_answer_for_others()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapBlueprint<Users>("/users");
            app.MapGet("/free", string () => throw new ArithmeticException());
        });

        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.GetAsync("/free", TestContext.Current.CancellationToken)).StatusCode);
    }
}
