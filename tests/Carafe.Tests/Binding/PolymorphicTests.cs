using static Carafe.Tests.Binding.NullShapes;

namespace Carafe.Tests.Binding;

public sealed class PolymorphicTests
{
    public static TheoryData<string, string, string> Refused => new()
    {
        { "shape", """{"name":"a","radius":1}""", "kind is required" },
        { "shape", """{}""", "kind is required" },
        { "shape", """{"kind":"hexagon","name":"a"}""", "kind must be one of: circle, square" },
        { "shape", """{"name":"a","kind":"hexagon"}""", "kind must be one of: circle, square" },
        { "shape", """{"kind":1,"name":"a"}""", "kind must be one of: circle, square" },
        { "shape", """{"kind":null,"name":"a"}""", "kind must be one of: circle, square" },
        { "shape", """{"kind":"Circle","name":"a","radius":1}""", "kind must be one of: circle, square" },
        { "shape", """{"radius":"x","kind":"circle"}""", "name is required|radius must be a whole number" },
        { "shape", """{"kind":"circle","name":"a","radius":1,"side":1}""", "side is not a member of this object" },
        { "shape", """{"kind":"circle","kind":"circle","name":"a","radius":1}""", "kind appears twice" },
        { "shapes", """{"main":{"name":"a"},"others":[{"kind":"x"},{"name":"b","kind":"square"}]}""",
            "main.kind is required|others[0].kind must be one of: circle, square|others[1].side is required" },
        { "pet", """{"name":"a"}""", "$type is required" },
        { "pet", """{"$type":3,"name":"a"}""", "$type must be one of: 1, 2" },
        { "pet", """{"$type":"1","name":"a"}""", "$type must be one of: 1, 2" },
    };

    [Theory]
    [InlineData("shape", """{"kind":"circle","name":"a","radius":1}""", """{"kind":"circle","radius":1,"tags":null,"name":"a"}""")]
    [InlineData("shape", """{"name":"a","radius":1,"kind":"circle"}""", """{"kind":"circle","radius":1,"tags":null,"name":"a"}""")]
    [InlineData("shapes", """{"others":[{"name":"b","side":2,"kind":"square"}],"main":{"name":"a","kind":"square","side":1}}""",
        """{"main":{"kind":"square","side":1,"name":"a"},"others":[{"kind":"square","side":2,"name":"b"}]}""")]
    [InlineData("pet", """{"name":"a","$type":2}""", """{"$type":2,"name":"a"}""")]
    public async Task What_says_which_type_it_is_may_stand_anywhere(string path, string json, string answer)
    {
        await using var app = await SmallApp.StartAsync(Map);
        Assert.Equal(answer, (await app.SendAsync("POST", $"/{path}", json)).Body);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_does_not_say_which_type_it_is_is_told_the_types(string path, string json, string faults)
    {
        await using var app = await SmallApp.StartAsync(Map);
        Assert.Equal(faults.Split('|'), (await app.SendAsync("POST", $"/{path}", json)).IsError(400).Faults);
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/shape", (Shape body) => TypedResults.Ok(body));
        app.MapPost("/shapes", (HasShapes body) => TypedResults.Ok(body));
        app.MapPost("/pet", (IPet body) => TypedResults.Ok(body));
    }
}
