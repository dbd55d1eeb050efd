using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>
/// Holds the key pairs in the folder <c>JWT_KEYS_PATH</c>. The newest that is due signs; all verify and all are published, so a new key is known before
/// the first token is signed with it, and an old one until it is retired. The folder is read again at most once a minute; while it cannot be read, the
/// keys of the last good reading hold.
/// </summary>
internal sealed class KeyRing(AuthOptions options, DataFolder data, TimeProvider clock, ILogger<KeyRing> logger)
{
    public const string Symmetric = SecurityAlgorithms.HmacSha256;

    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private State? _current;

    public string Folder => data.Resolve(options.JwtKeysPath);

    public string Algorithm => options.JwtAlgorithm;

    public TokenKeys Current => Read().Keys;

    /// <summary>Gets the keys that the JWKS publishes.</summary>
    public IReadOnlyList<RingKey> Published => Read().All;

    /// <summary>Gets what is wrong with the folder now, while the keys of the last good reading are used; null when all is well.</summary>
    public string? Error => Read().Error;

    /// <summary>Gets the files, the newest first.</summary>
    /// <exception cref="KeyRingException">A file is no good key, or the folder cannot be read.</exception>
    public IReadOnlyList<RingKey> Files()
    {
        try
        {
            return Directory.Exists(Folder)
                ? [.. Directory.EnumerateFiles(Folder, "*.pem").Select(RingKey.Read).OfType<RingKey>()
                    .OrderByDescending(key => key.SignsFrom).ThenBy(key => key.Id, StringComparer.Ordinal)]
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new KeyRingException(error.Message, error);
        }
    }

    /// <summary>Adds a key that signs after a while, or at once when it is the first.</summary>
    public RingKey Rotate(TimeSpan after)
    {
        PrivateFiles.CreateFolder(Folder);
        var first = !Files().Any(key => key.Algorithm == Algorithm);
        return RingKey.Make(Folder, Algorithm, clock.GetUtcNow() + (first ? TimeSpan.Zero : after));
    }

    /// <summary>
    /// Returns the key that signs now: the newest that is due. If the clock went back before all of them it is the oldest, which everybody has. Null
    /// where there is no key.
    /// </summary>
    public RingKey? Signer(IEnumerable<RingKey> newestFirst)
    {
        var usable = newestFirst.Where(key => key.Algorithm == Algorithm).ToList();
        return usable.Find(IsDue) ?? usable.LastOrDefault();
    }

    public bool IsDue(RingKey key) => key.Algorithm == Algorithm && key.SignsFrom <= clock.GetUtcNow();

    private State Read()
    {
        lock (_lock)
        {
            if (_current is { } known && clock.GetElapsedTime(known.Read) < Age)
            {
                return known;
            }

            try
            {
                return _current = Load();
            }
            catch (KeyRingException error) when (_current is not null)
            {
                if (_current.Error != error.Message)
                {
                    logger.LogError(error, "The key ring in {Folder} cannot be read; the keys of the last good reading hold", Folder);
                }

                return _current = _current with { Error = error.Message, Read = clock.GetTimestamp() };
            }
        }
    }

    private State Load()
    {
        // A key that remains keeps its object, and so the signature provider that the library caches.
        var old = _current?.All.ToDictionary(key => key.Path);
        List<RingKey> all = [.. Files().Where(key => key.Algorithm == Algorithm).Select(key => old?.GetValueOrDefault(key.Path) ?? key)];
        var signer = Signer(all) ?? throw new KeyRingException($"'{Folder}' holds no {Algorithm} key. Make one with the command: keys rotate");
        var keys = _current is { } last && last.Signer == signer && last.All.SequenceEqual(all)
            ? last.Keys
            : new TokenKeys(Algorithm, signer.Key, all.Where(key => key != signer).Select(key => key.Key));
        return new State(keys, signer, all, null, clock.GetTimestamp());
    }

    private sealed record State(TokenKeys Keys, RingKey Signer, IReadOnlyList<RingKey> All, string? Error, long Read);
}

/// <summary>Thrown when the key ring cannot be used.</summary>
internal sealed class KeyRingException(string message, Exception? cause = null) : Exception(message, cause);
