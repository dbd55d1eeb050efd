using System.Linq.Expressions;
using System.Text.Json.Serialization;

namespace ApiNamespace1.Notes;

/// <summary>What somebody gives for a note.</summary>
public sealed record NoteRequest(
    [property: TextLength(1, 200)] string Title,
    [property: TextLength(1, 65_536)] string Body)
{
    public void CopyTo(Note note) => (note.Title, note.Body) = (Title, Body);
}

/// <summary>A note.</summary>
[ListName("notes")]
public sealed record NoteResponse(int Id, string Title, string Body, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, [property: JsonIgnore] int Version)
    : IETagged
{
    public static readonly Expression<Func<Note, NoteResponse>> FromRow =
        note => new NoteResponse(note.Id, note.Title, note.Body, note.CreatedAt, note.UpdatedAt, note.Version);

    public static NoteResponse From(Note note) => new(note.Id, note.Title, note.Body, note.CreatedAt, note.UpdatedAt, note.Version);
}
