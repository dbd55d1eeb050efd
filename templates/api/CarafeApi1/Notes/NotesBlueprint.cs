namespace ApiNamespace1.Notes;

#if (auth)
/// <summary>Everybody has notes of their own, which nobody else sees.</summary>
#else
/// <summary>Anyone may read and write notes.</summary>
#endif
public sealed class NotesBlueprint : IBlueprint
{
    public static string Name => "notes";

    public static void Map(RouteGroupBuilder notes)
    {
        notes.WithETag();
        notes.MapGet("/", ListNotes);
        notes.MapGet("/{id:int}", GetNote);
        notes.MapPost("/", CreateNote);
        notes.MapPut("/{id:int}", UpdateNote);
        notes.MapDelete("/{id:int}", DeleteNote);
    }

    /// <summary>List notes, newest first.</summary>
#if (auth)
    internal static async Task<Ok<Paged<NoteResponse>>> ListNotes(PageQuery page, AppDb db, CurrentUser me) =>
        TypedResults.Ok(await db.Notes.Where(note => note.UserId == me.Id).NewestFirst().ToPageAsync(page, NoteResponse.FromRow));
#else
    internal static async Task<Ok<Paged<NoteResponse>>> ListNotes(PageQuery page, AppDb db) =>
        TypedResults.Ok(await db.Notes.NewestFirst().ToPageAsync(page, NoteResponse.FromRow));
#endif

    /// <summary>Fetch one note.</summary>
#if (auth)
    internal static async Task<Ok<NoteResponse>> GetNote(int id, AppDb db, CurrentUser me) => TypedResults.Ok(NoteResponse.From(await FindAsync(id, db, me)));
#else
    internal static async Task<Ok<NoteResponse>> GetNote(int id, AppDb db) => TypedResults.Ok(await db.Notes.FindOr404Async(id, NoteResponse.FromRow));
#endif

    /// <summary>Write a note.</summary>
#if (auth && tasks)
    internal static async Task<Created<NoteResponse>> CreateNote(
        NoteRequest request, AppDb db, CurrentUser me, TaskClient tasks, CancellationToken stop)
    {
        var note = new Note { Title = request.Title, Body = request.Body, UserId = me.Id };
#elseif (tasks)
    internal static async Task<Created<NoteResponse>> CreateNote(NoteRequest request, AppDb db, TaskClient tasks, CancellationToken stop)
    {
        var note = new Note { Title = request.Title, Body = request.Body };
#elseif (auth)
    internal static async Task<Created<NoteResponse>> CreateNote(NoteRequest request, AppDb db, CurrentUser me, CancellationToken stop)
    {
        var note = new Note { Title = request.Title, Body = request.Body, UserId = me.Id };
#else
    internal static async Task<Created<NoteResponse>> CreateNote(NoteRequest request, AppDb db, CancellationToken stop)
    {
        var note = new Note { Title = request.Title, Body = request.Body };
#endif
#if (tasks)
        // The note and its task are committed together, or neither is.
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        db.Notes.Add(note);
        await db.SaveChangesAsync(stop);
        tasks.Enqueue(db, new CountWords(note.Id));
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
#else
        db.Notes.Add(note);
        await db.SaveChangesAsync(stop);
#endif

        return TypedResults.Created($"/notes/{note.Id}", NoteResponse.From(note));
    }

    /// <summary>Replace a note's title and body.</summary>
#if (auth)
    internal static async Task<Ok<NoteResponse>> UpdateNote(
        int id, NoteRequest request, AppDb db, CurrentUser me, Preconditions preconditions, CancellationToken stop)
    {
        var note = await FindAsync(id, db, me);
#else
    internal static async Task<Ok<NoteResponse>> UpdateNote(int id, NoteRequest request, AppDb db, Preconditions preconditions, CancellationToken stop)
    {
        var note = await db.Notes.FindOr404Async(id, stop);
#endif
        preconditions.ThrowIfFailed(note.Version);
        request.CopyTo(note);
        await db.SaveChangesAsync(stop);

        return TypedResults.Ok(NoteResponse.From(note));
    }

    /// <summary>Delete a note.</summary>
#if (auth)
    internal static async Task<NoContent> DeleteNote(int id, AppDb db, CurrentUser me, Preconditions preconditions, CancellationToken stop)
    {
        var note = await FindAsync(id, db, me);
#else
    internal static async Task<NoContent> DeleteNote(int id, AppDb db, Preconditions preconditions, CancellationToken stop)
    {
        var note = await db.Notes.FindOr404Async(id, stop);
#endif
        preconditions.ThrowIfFailed(note.Version);
        db.Notes.Remove(note);
        await db.SaveChangesAsync(stop);

        return TypedResults.NoContent();
    }
#if (auth)

    // Somebody else's note does not exist for the caller.
    private static Task<Note> FindAsync(int id, AppDb db, CurrentUser me) =>
        db.Notes.FirstOr404Async(note => note.Id == id && note.UserId == me.Id, $"Note {id} not found");
#endif
}
