using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tests.Http;

public record NoteInput([TextLength(1, 20)] string Title, string? Body = null, NoteStyle? Style = null, List<string>? Tags = null);

public record NoteStyle(string Colour, int Size = 1);

public record NoteResponse(int Id, string Title, string? Body, NoteStyle? Style, IReadOnlyList<string>? Tags) : IETagged
{
    [JsonIgnore]
    public int Version { get; init; }
}

/// <summary>What an app with rows and versions does, on a dictionary: a handler reads, checks, changes.</summary>
internal sealed class Notes
{
    private readonly Dictionary<int, NoteResponse> _rows = new() { [1] = new(1, "Tea", "green", new("red", 3), ["a"]) { Version = 1 } };

    public static void Map(WebApplication app)
    {
        var notes = new Notes();
        app.MapGet("/notes/{id:int}", notes.Get).WithETag();
        app.MapPut("/notes/{id:int}", notes.Put).WithETag();
        app.MapPatch("/notes/{id:int}", notes.PatchAsync).WithETag();
        app.MapDelete("/notes/{id:int}", notes.Delete).RequireIfMatch();
        app.MapGet("/old", notes.Old).WithDeprecation(DateTimeOffset.UnixEpoch.AddSeconds(1688169599), DateTimeOffset.UnixEpoch.AddDays(20000),
            new Uri("https://example.com/new"));
    }

    internal Ok<NoteResponse> Get(int id) => TypedResults.Ok(Find(id));

    internal Results<Ok<NoteResponse>, Created<NoteResponse>> Put(int id, NoteInput input, Preconditions preconditions)
    {
        var row = _rows.GetValueOrDefault(id);
        preconditions.ThrowIfFailed(row?.Version);
        var saved = Save(id, input, row?.Version ?? 0);
        return row is null ? TypedResults.Created($"/notes/{id}", saved) : TypedResults.Ok(saved);
    }

    internal async Task<Ok<NoteResponse>> PatchAsync(int id, MergePatch<NoteInput> patch, Preconditions preconditions)
    {
        var row = Find(id);
        preconditions.ThrowIfFailed(row.Version);
        return TypedResults.Ok(Save(id, await patch.ApplyToAsync(new NoteInput(row.Title, row.Body, row.Style, row.Tags?.ToList())), row.Version));
    }

    internal NoContent Delete(int id, Preconditions preconditions)
    {
        preconditions.ThrowIfFailed(Find(id).Version);
        _rows.Remove(id);
        return TypedResults.NoContent();
    }

    internal Ok Old() => _rows.Count < 0 ? throw new InvalidOperationException() : TypedResults.Ok();

    private NoteResponse Find(int id) => _rows.TryGetValue(id, out var row) ? row : throw Abort.NotFound($"Note {id} not found");

    private NoteResponse Save(int id, NoteInput input, int version) =>
        _rows[id] = new(id, input.Title, input.Body, input.Style, input.Tags) { Version = version + 1 };
}
