using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Carafe.Mail;
using Carafe.Tasks;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>
/// Tells the owner of an account by mail when somebody signs in with a device that has not been seen for 90 days: at a confirmed address, three times a day.
/// </summary>
internal sealed class SignInNotifier(
    AppDb db, TaskClient tasks, Mailer mailer, TimeProvider clock, CarafeSettings settings, ILogger<SignInNotifier> logger)
{
    private const int MostDevices = 100;
    private const int MostADay = 3;

    /// <summary>Notes a sign-in, and enqueues the mail if its device is new. The first one of an account tells nothing new to anybody.</summary>
    public async Task NoteAsync(User user, HttpContext context, CancellationToken cancellationToken)
    {
        if (!mailer.IsOn)
        {
            return;
        }

        // The account was changed by other statements: this must not write it once more.
        db.ChangeTracker.Clear();
        try
        {
            await WriteAsync(user, context, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever signed in is signed in.
            db.ChangeTracker.Clear();
            logger.LogWarning(error, "The sign-in to account {Account} was not noted", user.Id);
        }
    }

    private async Task WriteAsync(User user, HttpContext context, CancellationToken cancellationToken)
    {
        var (now, agent, address) = (clock.GetUtcNow(), context.Request.Headers.UserAgent.ToString(), context.Connection.RemoteIpAddress);
        List<byte[]> hashes = [.. settings.SecretKeyFallbacks.Prepend(settings.SecretKey).Select(secret => Hash(secret, user.Id, agent, address))];
        var since = now - KnownDevice.Kept;
        var all = await db.KnownDevices.Where(device => device.UserId == user.Id)
            .OrderByDescending(device => device.UsedAt).Take(2 * MostDevices).ToListAsync(cancellationToken);
        var same = all.Find(device => device.UsedAt > since && hashes.Exists(hash => device.Hash.AsSpan().SequenceEqual(hash)));
        if (same is not null && now - same.UsedAt < TimeSpan.FromDays(1))
        {
            return;
        }

        if (same is not null)
        {
            (same.Hash, same.UsedAt) = (hashes[0], now);
        }
        else
        {
            db.KnownDevices.RemoveRange(all.Where((device, place) => device.UsedAt <= since || place >= MostDevices - 1));
            db.KnownDevices.Add(new KnownDevice { UserId = user.Id, Hash = hashes[0], UsedAt = now });
            if (all.Count > 0 && user.EmailVerifiedAt is not null)
            {
                // Each new device takes the next of a few keys, and a key that is in use sends no second mail within a day.
                tasks.Enqueue(db, new SendSignInNotice(user.Id, now, $"{address}", DeviceNames.Of(agent)),
                    new TaskOptions { UniqueKey = $"{user.Id}:{all.Count % MostADay}", UniqueFor = TimeSpan.FromDays(1) });
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private static byte[] Hash(string secret, int userId, string agent, IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address ?? IPAddress.None;
        var network = Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, plain.AddressFamily == AddressFamily.InterNetwork ? 2 : 4));
        var words = string.Concat(agent.Where(sign => !char.IsAsciiDigit(sign)));
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "myapi devices"u8.ToArray());
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{userId}\n{network}\n{words}"));
    }
}
