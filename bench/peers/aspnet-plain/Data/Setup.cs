using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Tokens;

namespace Peer.Data;

/// <summary>The services that this peer and the FastEndpoints one have in common.</summary>
public static class Setup
{
    public const string Issuer = "peer";

    public static SymmetricSecurityKey Key(IConfiguration configuration) => new(Encoding.UTF8.GetBytes(configuration["JWT_SECRET_KEY"]!));

    public static void AddPeer(this WebApplicationBuilder builder)
    {
        var url = builder.Configuration["DATABASE_URL"]!;
        builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["PORT"]}");
        builder.Services.AddDbContext<AppDb>(options =>
        {
            options.UseSnakeCaseNamingConvention();
            _ = url.StartsWith("sqlite:///", StringComparison.Ordinal)
                ? options.UseSqlite($"Data Source={url["sqlite:///".Length..]}")
                : options.UseNpgsql(ConnectionString(new Uri(url)));
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = Issuer,
                ValidAudience = Issuer,
                IssuerSigningKey = Key(builder.Configuration),
                ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            };
        });
        builder.Services.AddAuthorization();
    }

    private static string ConnectionString(Uri url)
    {
        var user = url.UserInfo.Split(':');
        return $"Host={url.Host};Port={url.Port};Database={url.AbsolutePath.Trim('/')};Username={user[0]};Password={user.ElementAtOrDefault(1)}";
    }
}
