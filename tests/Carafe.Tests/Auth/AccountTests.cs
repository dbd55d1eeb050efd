using Carafe.Auth;
using Carafe.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>The base class for a user entity is enough for an app with accounts.</summary>
public sealed class AccountTests
{
    [Theory]
    [InlineData("Ann@Example.com", "other", "email")]
    [InlineData("other@example.com", "ann", "username")]
    [InlineData("other@example.com", "ANN", "username")]
    public async Task An_address_and_a_name_have_one_account(string email, string username, string member)
    {
        await using var app = await TestApp.StartAsync(Create);
        await app.Client.PostJson("/people", new { email = "ann@example.com", username = "ann" }).Expect(201);

        await app.Client.PostJson("/people", new { email, username }).ExpectError(409, member);
    }

    [Fact]
    public async Task The_first_address_is_the_name_of_an_account_without_one()
    {
        await using var app = await TestApp.StartAsync(Create);

        var made = await app.Client.PostJson("/people", new { email = "Ann@Example.com" }).Expect(201);

        Assert.Equal("ann@example.com", made.GetProperty("username").GetString());
    }

    [Fact]
    public async Task It_signs_in_as_an_ordinary_user()
    {
        await using var app = await TestApp.StartAsync(Create);
        var person = await app.WithAsync<PeopleDb, Person>(async db =>
        {
            var made = db.People.Add(new Person { Email = "ann@example.com" }).Entity;
            await db.SaveChangesAsync();
            return made;
        });

        var me = await app.As(person).GetAsync("/me").Expect(200);

        Assert.Equal("ann@example.com", me.GetProperty("username").GetString());
        Assert.Equal(Roles.User, me.GetProperty("role").GetString());
    }

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddDatabase<PeopleDb>().WithoutProviderCount();
        builder.Services.AddAuth<PeopleDb, Person>();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.UseAuth();
        app.MapGet("/me", (CurrentUser me) => new { me.Username, me.Role });
        app.MapPost("/people", async (NewPerson given, PeopleDb db) =>
        {
            var made = given.Username is null ? new Person { Email = given.Email } : new Person { Email = given.Email, Username = given.Username };
            db.People.Add(made);
            await db.SaveChangesAsync();
            return TypedResults.Created($"/people/{made.Id}", new { made.Username });
        }).AllowAnonymous();
        return app;
    }

    public sealed record NewPerson(string Email, string? Username = null);

    public sealed class Person : Account;

    public sealed class PeopleDb(DbContextOptions<PeopleDb> options) : DbContext(options)
    {
        public DbSet<Person> People => Set<Person>();

        protected override void OnModelCreating(ModelBuilder model) => model.ConfigureAuth<Person>();
    }
}
