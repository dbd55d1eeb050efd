namespace Carafe.Auth.Werkzeug;

internal sealed class WerkzeugHashes : IForeignPasswordHash
{
    public bool? Verify(string hash, string password) => WerkzeugHash.TryParse(hash)?.Verify(password);
}
