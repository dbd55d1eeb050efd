using Microsoft.AspNetCore.Routing;

namespace Carafe.Tests.Blueprints;

public sealed class RouteCheckTests
{
    private sealed class Users : IBlueprint
    {
        public static string Name => "users";

        public static void Map(RouteGroupBuilder group) => group.MapGet("/{id:int}", Show);

        internal static string Show(int id) => $"{id}";
    }

    private sealed class People : IBlueprint
    {
        public static string Name => "people";

        public static void Map(RouteGroupBuilder group) => group.MapGet("/{Number:int}/", Find);

        internal static string Find(int number) => $"{number}";
    }

    [Fact]
    public async Task A_name_used_by_two_blueprints_stops_the_start()
    {
        await using var app = SmallApp.Build(["--environment", "Testing"], map: app =>
        {
            app.MapBlueprint<Users>("/users");
            app.MapBlueprint<Users>("/members");
        });

        Assert.Equal(
            [
                "The blueprint name 'users' is used 2 times, under /users and /members. Names must be unique.",
                "The endpoint name 'users.Show' is used by GET /users/{id:int} and GET /members/{id:int}. Give all but one another with WithName.",
            ],
            await SmallApp.FaultsAsync(app));
    }

    [Fact]
    public async Task A_route_mapped_twice_stops_the_start_and_both_are_named()
    {
        await using var app = SmallApp.Build(["--environment", "Testing"], map: app =>
        {
            app.MapBlueprint<Users>("/users");
            app.MapBlueprint<People>("/Users");
        });

        Assert.Equal("GET /users/{id:int} is mapped 2 times: users.Show (/users/{id:int}) and people.Find (/Users/{Number:int}).",
            Assert.Single(await SmallApp.FaultsAsync(app)));
    }

    [Fact]
    public async Task A_handler_mapped_twice_needs_a_name_of_its_own()
    {
        await using var app = SmallApp.Build(["--environment", "Testing"], map: app => app.MapBlueprint<Both>("/both"));

        Assert.Equal("The endpoint name 'both.Change' is used by PUT /both and PATCH /both. Give all but one another with WithName.",
            Assert.Single(await SmallApp.FaultsAsync(app)));
    }

    [Fact]
    public async Task Routes_that_the_router_can_tell_apart_start()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapGet("/a/{id:int}", () => "");
            app.MapGet("/a/{name}", () => "");
            app.MapGet("/a/b", () => "");
            app.MapGet("/p/{**path}", () => "");
            app.MapPost("/a/b", () => "");
            app.MapGet("/p/{name}/x", () => "");
            var hosted = app.MapGroup("/h").RequireHost("example.org");
            hosted.MapGet("/", () => "");
            app.MapGet("/h", () => "");
            app.MapPost("/c", () => "").Accepts<string>("text/plain");
            app.MapPost("/c", () => "").Accepts<string>("application/json");
            app.MapFallback(() => "");
        });

        await app.Client.GetAsync("/a/b", TestContext.Current.CancellationToken).Expect(200);
    }

    private sealed class Both : IBlueprint
    {
        public static string Name => "both";

        public static void Map(RouteGroupBuilder group)
        {
            group.MapPut("/", Change);
            group.MapPatch("/", Change);
        }

        internal static string Change() => "";
    }
}
