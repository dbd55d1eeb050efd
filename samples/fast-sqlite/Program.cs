// What one line gains for an app on EF Core and SQLite, without Carafe: dotnet run -c Release --project samples/fast-sqlite
using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

const int Notes = 5_000;
const int Writers = 64;
var time = TimeSpan.FromSeconds(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 2);

var folder = Directory.CreateTempSubdirectory("fast-sqlite-").FullName;
var connection = $"Data Source={Path.Combine(folder, "notes.db")}";
var plain = new DbContextOptionsBuilder<NotesDb>().UseSqlite(connection).Options;
// The line.
var fast = new DbContextOptionsBuilder<NotesDb>().UseSqlite(connection).UseFastSqlite().Options;

await using (var db = new NotesDb(plain))
{
    // EF Core puts the file into WAL mode.
    await db.Database.EnsureCreatedAsync();
    db.AddRange(Enumerable.Range(1, Notes).Select(number => new Note { Text = $"Note {number}" }));
    await db.SaveChangesAsync();
}

var (reads, fastReads, writes, fastWrites) = (0d, 0d, 0d, 0d);
// The first round is the warm-up. They take turns, so that a slow moment of the machine meets both.
for (var round = 0; round < 4; round++)
{
    reads = Math.Max(reads, await RateAsync(plain, 1, ReadAsync));
    fastReads = Math.Max(fastReads, await RateAsync(fast, 1, ReadAsync));
    writes = Math.Max(writes, await RateAsync(plain, Writers, WriteAsync));
    fastWrites = Math.Max(fastWrites, await RateAsync(fast, Writers, WriteAsync));
}

Tell("reads by id", reads, fastReads);
Tell("parallel writes", writes, fastWrites);
Directory.Delete(folder, recursive: true);

static void Tell(string what, double plain, double fast) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {plain:0}/s plain, {fast:0}/s with UseFastSqlite(): {fast / plain:0.0} times"));

async Task<double> RateAsync(DbContextOptions<NotesDb> options, int workers, Func<NotesDb, int, Task> work)
{
    var (done, started) = (0, Stopwatch.GetTimestamp());
    await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
    {
        for (var number = worker; Stopwatch.GetElapsedTime(started) < time; number += workers)
        {
            // A context for each piece of work, as a request has one.
            await using var db = new NotesDb(options);
            await work(db, number);
            Interlocked.Increment(ref done);
        }
    })));
    return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
}

static Task ReadAsync(NotesDb db, int number) => db.Notes.AsNoTracking().SingleAsync(note => note.Id == (number % Notes) + 1);

static Task WriteAsync(NotesDb db, int number)
{
    db.Add(new Note { Text = $"New {number}" });
    return db.SaveChangesAsync();
}

internal sealed class NotesDb(DbContextOptions<NotesDb> options) : DbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();
}

internal sealed class Note
{
    public int Id { get; set; }

    public required string Text { get; set; }
}
