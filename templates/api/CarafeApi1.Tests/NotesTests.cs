namespace ApiNamespace1.Tests;

public sealed class NotesTests
{
    private static readonly object Bread = new { title = "Bread", body = "Flour, water, salt, time." };
#if (auth)

    [Fact]
    public async Task A_guest_cannot_read_or_write_notes()
    {
        await using var app = await Api.StartAsync();

        await app.Client.GetAsync("/notes").ExpectError(401);
        await app.Client.PostJson("/notes", Bread).ExpectError(401);
    }

    [Fact]
    public async Task Nobody_sees_or_changes_the_notes_of_somebody_else()
    {
        await using var app = await Api.StartAsync();
        var (ann, bob) = (app.As(await app.UserAsync("ann")), app.As(await app.UserAsync("bob")));
        var id = (await ann.PostJson("/notes", Bread).Expect(201)).GetProperty("id").GetInt32();

        await bob.GetAsync($"/notes/{id}").ExpectError(404);
        await bob.PutJson($"/notes/{id}", Bread).ExpectError(404);
        await bob.DeleteAsync($"/notes/{id}").ExpectError(404);
        Assert.Equal(0, (await bob.GetAsync("/notes").Expect(200)).GetProperty("total").GetInt32());
    }
#endif

    [Fact]
    public async Task A_note_can_be_written_read_changed_and_deleted()
    {
        await using var app = await Api.StartAsync();
#if (auth)
        var client = app.As(await app.UserAsync("ann"));
#else
        var client = app.Client;
#endif

        var id = (await client.PostJson("/notes", Bread).Expect(201)).GetProperty("id").GetInt32();
        await client.PutJson($"/notes/{id}", new { title = "Rye", body = "Flour, water, salt, more time." }).Expect(200);

        Assert.Equal("Rye", (await client.GetAsync($"/notes/{id}").Expect(200)).GetProperty("title").GetString());
        Assert.Equal(1, (await client.GetAsync("/notes").Expect(200)).GetProperty("total").GetInt32());
        await client.DeleteAsync($"/notes/{id}").Expect(204);
        await client.GetAsync($"/notes/{id}").ExpectError(404);
    }

#if (tasks)
    [Fact]
    public async Task The_words_of_a_note_are_counted_after_it_was_written()
    {
        await using var app = await Api.StartAsync();
#if (auth)
        var client = app.As(await app.UserAsync("ann"));
#else
        var client = app.Client;
#endif
        await client.PostJson("/notes", Bread).Expect(201);

        await app.Tasks.RunAsync();

        Assert.Equal(4, await app.WithAsync<AppDb, int?>(async db => await db.Notes.Select(note => note.Words).SingleAsync()));
    }

#endif
    [Fact]
    public async Task A_note_needs_a_title()
    {
        await using var app = await Api.StartAsync();
#if (auth)
        var client = app.As(await app.UserAsync("ann"));
#else
        var client = app.Client;
#endif

        await client.PostJson("/notes", new { title = "", body = "b" }).ExpectError(400, "title");
    }
}
