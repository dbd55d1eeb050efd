using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace Carafe.Auth;

/// <summary>Checks tokens, sessions, passwords and keys.</summary>
internal static class AuthChecks
{
    private const string Page = "docs/checks.md";
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const int Iterations = 210_000;

    public static IEnumerable<Check> All => [.. OfTokens, .. OfKeys];

    private static IEnumerable<Check> OfTokens =>
    [
        new("C501", CheckSeverity.Error, context => Options(context).JwtSecretKey == context.Services.GetRequiredService<CarafeSettings>().SecretKey
            ? ["JWT_SECRET_KEY and SECRET_KEY are the same."] : [])
        {
            Why = "Whoever learns one has both, and neither can be changed alone.",
            Remedy = "Make another JWT_SECRET_KEY: openssl rand -base64 48",
            Page = Page + "#c501",
            AtStart = true,
            Deploy = true,
        },
        new("C502", CheckSeverity.Warning, context => Options(context).AccessTokenLifetime > TimeSpan.FromHours(1)
            ? ["ACCESS_TOKEN_LIFETIME is more than an hour."] : [])
        {
            Why = "A token that was taken is of use for so long wherever another service accepts it without asking this app.",
            Remedy = "ACCESS_TOKEN_LIFETIME=15m",
            Page = Page + "#c502",
            Deploy = true,
        },
        new("C503", CheckSeverity.Warning, context => Options(context).RefreshTokenLifetime > TimeSpan.FromDays(90)
            ? ["REFRESH_TOKEN_LIFETIME is more than 90 days."] : [])
        {
            Why = "A device that was lost stays signed in for so long.",
            Remedy = "REFRESH_TOKEN_LIFETIME=30d",
            Page = Page + "#c503",
            Deploy = true,
        },
        new("C504", CheckSeverity.Warning, context => Options(context).SessionCacheDuration > TimeSpan.FromMinutes(1)
            ? ["SESSION_CACHE_DURATION is more than a minute."] : [])
        {
            Why = "For so long another replica goes on accepting a session that was ended, or an account that was disabled.",
            Remedy = "SESSION_CACHE_DURATION=5s",
            Page = Page + "#c504",
            Deploy = true,
        },
        new("C505", CheckSeverity.Error, context => Options(context).PasswordMinLength < 8 ? ["Passwords may have fewer than 8 characters."] : [])
        {
            Why = "Such passwords are guessed (NIST SP 800-63B section 3.1.1.2).",
            Remedy = "PASSWORD_MIN_LENGTH=8",
            Page = Page + "#c505",
            Deploy = true,
        },
        new("C506", CheckSeverity.Error, context => context.Services.GetRequiredService<IOptions<PasswordHasherOptions>>().Value.IterationCount < Iterations
            ? [string.Create(CultureInfo.InvariantCulture, $"Passwords are hashed with fewer than {Iterations} rounds.")] : [])
        {
            Why = "Whoever steals the table tries passwords faster than OWASP thinks right.",
            Remedy = "Remove what configures PasswordHasherOptions.IterationCount.",
            Page = Page + "#c506",
            Deploy = true,
        },
        new("C507", CheckSeverity.Information, context => context.Setting("JWT_ISSUER") is { Length: > 0 } ? []
            : ["JWT_ISSUER is not set: tokens name the application."])
        {
            Why = "Two deployments of one program have the same issuer, and a service that trusts one cannot tell them apart.",
            Remedy = "JWT_ISSUER=https://api.example.com",
            Page = Page + "#c507",
            Deploy = true,
        },
    ];

    private static IEnumerable<Check> OfKeys =>
    [
        new("C511", CheckSeverity.Warning, context => from ring in Ring(context)
            let signer = ring.Signer(ring.Files())
            let age = context.Services.GetRequiredService<TimeProvider>().GetUtcNow() - signer?.SignsFrom
            where age > TimeSpan.FromDays(365)
            select string.Create(CultureInfo.InvariantCulture, $"The key {signer!.Id} has signed for {age.Value.Days} days."))
        {
            Why = "The longer a key lives, the more backups and machines have held it.",
            Remedy = "keys rotate",
            Page = Page + "#c511",
            Deploy = true,
        },
        new("C512", CheckSeverity.Error, context => from ring in Ring(context)
            from path in Directory.Exists(ring.Folder) ? Directory.EnumerateFiles(ring.Folder, "*.pem").Prepend(ring.Folder) : []
            let mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path)
            where (mode & Others) != 0
            select string.Create(CultureInfo.InvariantCulture, $"{path} has the mode 0{Convert.ToString((int)mode, 8)}."))
        {
            Why = "Every user of the machine can sign tokens for any account.",
            Remedy = "chmod 700 the folder and chmod 600 the files in it.",
            Page = Page + "#c512",
            Deploy = true,
        },
    ];

    private static AuthOptions Options(CheckContext context) => context.Services.GetRequiredService<AuthOptions>();

    private static IEnumerable<KeyRing> Ring(CheckContext context) =>
        context.Services.GetRequiredService<KeyRing>() is var ring && ring.Algorithm != KeyRing.Symmetric ? [ring] : [];
}
