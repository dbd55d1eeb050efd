using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MyApi.Files;

/// <summary>
/// Compares bytes with their row before they are served: the length and the digest. Reading a file twice would double its cost, so a verdict holds for an
/// hour while length and time of the last change stay the same. What is wrong is logged once.
/// </summary>
public sealed class BlobChecks(TimeProvider clock, ILogger<BlobChecks> logger)
{
    private const int Capacity = 10_000;

    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Verdict> _verdicts = new();

    /// <summary>Returns whether the bytes are those that the row was made for.</summary>
    public async ValueTask<bool> IsWholeAsync(StoredFile file, FileStream bytes, CancellationToken cancel)
    {
        var (length, written) = (bytes.Length, File.GetLastWriteTimeUtc(bytes.SafeFileHandle).Ticks);
        if (_verdicts.TryGetValue(file.Blob, out var known) && known.Length == length && known.Written == written && clock.GetElapsedTime(known.At) < Age)
        {
            return known.Whole;
        }

        var digest = length == file.Size ? Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancel)) : "";
        bytes.Position = 0;
        var whole = digest == file.Hash;
        Note(file, new(length, written, clock.GetTimestamp(), whole), whole
            ? null
            : length == file.Size ? "have another digest" : $"are {length} and not {file.Size} long");
        return whole;
    }

    /// <summary>Notes that the bytes of a row are not there.</summary>
    public void NoteMissing(StoredFile file) => Note(file, new(-1, 0, clock.GetTimestamp(), Whole: false), "are missing");

    /// <summary>Notes that the bytes of a row cannot be read.</summary>
    public void NoteUnreadable(StoredFile file, string reason) => Note(file, new(-2, 0, clock.GetTimestamp(), Whole: false), $"cannot be read ({reason})");

    /// <summary>Forgets a blob that is deleted.</summary>
    public void Forget(string blob) => _verdicts.TryRemove(blob, out _);

    private void Note(StoredFile file, Verdict verdict, string? error)
    {
        if (error is not null && (!_verdicts.TryGetValue(file.Blob, out var known) || known.Whole || known.Length != verdict.Length))
        {
            logger.LogError("The bytes of file {Id} in {Blob} {Fault}: requests for it fail until it is stored again or restored", file.Id, file.Blob, error);
        }

        if (_verdicts.Count >= Capacity)
        {
            _verdicts.Clear();
        }

        _verdicts[file.Blob] = verdict;
    }

    private readonly record struct Verdict(long Length, long Written, long At, bool Whole);
}
