namespace ApiNamespace1.Notes;

/// <summary>Counts the words of a note, in the background.</summary>
public sealed record CountWords(int NoteId)
{
    internal static async Task RunAsync(CountWords task, AppDb db, CancellationToken stop)
    {
        // A note that was deleted meanwhile has no words to count.
        if (await db.Notes.FindAsync([task.NoteId], stop) is { } note)
        {
            note.Words = note.Body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            await db.SaveChangesAsync(stop);
        }
    }
}
