using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>
/// The key pairs in the folder <c>JWT_KEYS_PATH</c>. The newest whose time has come signs; all verify and all are published, so a new key is known to everybody before the first
/// token is signed with it, and an old one until it is retired. The folder is read again at most once a minute.
/// </summary>
internal sealed class KeyRing(AuthSettings settings, DataFolder data, TimeProvider clock)
{
    public const string Symmetric = SecurityAlgorithms.HmacSha256;

    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private (TokenKeys Keys, IReadOnlyList<RingKey> All, long Read)? _current;

    public string Folder => data.Resolve(settings.JwtKeysPath);

    public string Algorithm => settings.JwtAlgorithm;

    public TokenKeys Current => Read().Keys;

    /// <summary>What the JWKS publishes.</summary>
    public IReadOnlyList<RingKey> Published => Read().All;

    /// <summary>The files, the newest first.</summary>
    public IReadOnlyList<RingKey> Files() =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*.pem").Select(RingKey.Read).OfType<RingKey>().OrderByDescending(key => key.SignsFrom).ThenBy(key => key.Id, StringComparer.Ordinal)] : [];

    /// <summary>Adds a key that signs after a while, at once when it is the first.</summary>
    public RingKey Rotate(TimeSpan after)
    {
        PrivateFiles.CreateFolder(Folder);
        var first = !Files().Any(key => key.Algorithm == Algorithm);
        return RingKey.Make(Folder, Algorithm, clock.GetUtcNow() + (first ? TimeSpan.Zero : after));
    }

    /// <summary>The key that signs now, or null.</summary>
    public RingKey? Signer(IEnumerable<RingKey> keys) => keys.FirstOrDefault(key => key.Algorithm == Algorithm && key.SignsFrom <= clock.GetUtcNow());

    private (TokenKeys Keys, IReadOnlyList<RingKey> All, long Read) Read()
    {
        lock (_lock)
        {
            if (_current is { } known && clock.GetElapsedTime(known.Read) < Age)
            {
                return known;
            }

            var all = Files().Where(key => key.Algorithm == Algorithm).ToList();
            // A key that stays keeps its object, and with it the signature provider that the library caches.
            var old = _current?.All.ToDictionary(key => key.Path);
            all = [.. all.Select(key => old?.GetValueOrDefault(key.Path) ?? key)];
            var signer = Signer(all) ?? throw new ConfigurationException([$"JWT_KEYS_PATH: '{Folder}' holds no {Algorithm} key that may sign. Make one with the command: keys rotate"]);
            _current = (new TokenKeys(Algorithm, signer.Key, all.Where(key => key != signer).Select(key => key.Key)), all, clock.GetTimestamp());
            return _current.Value;
        }
    }
}
