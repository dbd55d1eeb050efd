using System.Globalization;
using Carafe.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.Extensions.Time.Testing;

namespace MyApi.Tests;

/// <summary>For each check an app that fails it.</summary>
internal static class CheckCases
{
    /// <summary>Checks whose app needs a server of its own, or a machine that no test can make.</summary>
    public static readonly string[] Elsewhere = ["C412", "C424", "C425", "C426", "C427", "C432"];

    public static IReadOnlyDictionary<string, CheckCase> All { get; } = OfSettings.Concat(OfPlaces).Concat(OfApps).ToDictionary();

    private static Dictionary<string, CheckCase> OfSettings => new()
    {
        ["C104"] = Warning("Default", app => app["Logging:LogLevel:Default"] = "Debug"),
        ["C105"] = Error("Database.Command", app => app["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database.Command"] = "Information"),
        ["C106"] = Information("text", app => app["Logging:Console:FormatterName"] = "simple"),
        ["C107"] = Warning("ACCESS_LOG", app => app["ACCESS_LOG"] = "false"),
        ["C109"] = Information("JWT_SECRET_KEY_FALLBACKS", app => app["JWT_SECRET_KEY_FALLBACKS"] = app["SECRET_KEY"] + "x"),
        ["C203"] = Warning("container", app => app["DOTNET_RUNNING_IN_CONTAINER"] = "true"),
        ["C211"] = Warning("dotnet watch", app => app["DOTNET_MODIFIABLE_ASSEMBLIES"] = "debug"),
        ["C301"] = Warning("without TLS", app => app["TRUSTED_PROXIES"] = ""),
        ["C302"] = Error("0.0.0.0/0", app => app["TRUSTED_PROXIES"] = "0.0.0.0/0"),
        ["C303"] = Warning("any host", app => app["AllowedHosts"] = "*"),
        ["C304"] = Warning("http://localhost:3000", app => app["CORS_ORIGINS"] = "http://localhost:3000"),
        ["C305"] = Warning("PROXY_HEADERS", app => (app["PROXY_HEADERS"], app["TRUSTED_PROXIES"]) = ("forwarded", "")),
        ["C311"] = Warning("100 MB", app => app["MAX_BODY_SIZE"] = "104857600"),
        ["C313"] = Warning("10m", app => app["REQUEST_TIMEOUT"] = "10m"),
        ["C315"] = Warning("RATELIMIT_ENABLED", app => app["RATELIMIT_ENABLED"] = "false"),
        ["C324"] = Error("no limit has this name", app => app["LIMITS:nope"] = "1/hour"),
        ["C401"] = Error("cannot be reached", app => app["DATABASE_URL"] = "postgresql://me:a-long-password@127.0.0.1:1/x"),
        ["C405"] = Warning("MIGRATE_ON_START", app => app["MIGRATE_ON_START"] = "true"),
        ["C406"] = Warning("DATABASE_TIMEOUT", app => app["DATABASE_TIMEOUT"] = "60"),
        ["C411"] = Error("in memory", app => app["DATABASE_URL"] = "sqlite:///:memory:"),
        ["C414"] = Warning("NORMAL", app => app["SQLITE_SYNCHRONOUS"] = "NORMAL"),
        ["C421"] = Error("prefer", app => app["DATABASE_URL"] = "postgresql://me:a-long-password@192.0.2.1/x?sslmode=prefer&connect_timeout=1"),
        ["C422"] = Warning("192.0.2.1", app => app["DATABASE_URL"] = "postgresql://me:a-long-password@192.0.2.1/x?sslmode=require&connect_timeout=1"),
        ["C423"] = Error("guessed", app => app["DATABASE_URL"] = "postgresql://me:postgres@127.0.0.1:1/x"),
        ["C501"] = Error("the same", app => app["JWT_SECRET_KEY"] = app["SECRET_KEY"]),
        ["C502"] = Warning("ACCESS_TOKEN_LIFETIME", app => app["ACCESS_TOKEN_LIFETIME"] = "2h"),
        ["C503"] = Warning("REFRESH_TOKEN_LIFETIME", app => app["REFRESH_TOKEN_LIFETIME"] = "100d"),
        ["C504"] = Warning("SESSION_CACHE_DURATION", app => app["SESSION_CACHE_DURATION"] = "5m"),
        ["C505"] = Error("8 characters", app => app["PASSWORD_MIN_LENGTH"] = "6"),
        ["C507"] = Information("JWT_ISSUER", app => app["JWT_ISSUER"] = ""),
        ["C601"] = Warning("DOCS_ENABLED", app => app["DOCS_ENABLED"] = "true"),
        ["C701"] = Error("memory:", app => app["MAIL_URL"] = "memory:"),
    };

    // Files, folders and the clock.
    private static Dictionary<string, CheckCase> OfPlaces => new()
    {
        ["C101"] = Warning("Development", app => app.Environment = "Development"),
        ["C102"] = Warning("DATABASE_URL", app => Write(app, ".env.Production", "DATABSE_URL=sqlite:///x.db\n")),
        ["C103"] = Error(".env.Production", app => Open(Write(app, ".env.Production", "PORT=1\n"), "644")),
        ["C108"] = Warning("appsettings.json", app =>
        {
            Write(app, "appsettings.json", $$"""{ "SECRET_KEY": "{{app["SECRET_KEY"]}}" }""");
            app.Remove("SECRET_KEY");
        }),
        ["C206"] = Warning("MB are free", app =>
        {
            var disk = app.Keep(SmallMount.Create("8m"));
            File.WriteAllBytes(Path.Combine(disk.Folder, "filler"), new byte[15 << 19]);
            app["DATA_FOLDER"] = disk.Folder;
        }),
        ["C306"] = Warning("2021-01-01", app =>
        {
            (app["TLS_CERT"], app["TLS_KEY"]) = (Path.Combine(app.Folder, "cert.pem"), Path.Combine(app.Folder, "key.pem"));
            CertificateFiles.Write(app["TLS_CERT"]!, app["TLS_KEY"]!, "CN=old", new(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        }),
        ["C207"] = Error("cannot be written", app => app["DATA_FOLDER"] = "/proc"),
        ["C209"] = Error("2021", app => app.Configure = At(new(2021, 1, 1, 0, 0, 0, TimeSpan.Zero))),
        ["C210"] = Warning("de-DE", _ => CultureInfo.CurrentCulture = new German()),
        ["C402"] = new("error", "is not applied", async app => Assert.Equal(0, (await app.RunAsync("db", "downgrade", "base")).Code)),
        ["C403"] = new("error", "table posts", async app =>
        {
            await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(app.Folder, "app.db")}");
            await connection.OpenAsync();
            await using var drop = connection.CreateCommand();
            drop.CommandText = "DROP TABLE posts";
            await drop.ExecuteNonQueryAsync();
        }),
        ["C431"] = Warning("no backup", app => app["BACKUP_FOLDER"] = "backups"),
        ["C413"] = Error("app.db", app => Open(Path.Combine(app.Folder, "app.db"), "644")),
        ["C511"] = new("warning", "days", async app =>
        {
            app["JWT_ALGORITHM"] = "ES256";
            Assert.Equal(0, (await app.RunAsync("keys", "rotate", "--now")).Code);
            app.Configure = At(TimeProvider.System.GetUtcNow().AddDays(400));
        }),
        ["C512"] = new("error", "keys", async app =>
        {
            app["JWT_ALGORITHM"] = "ES256";
            Assert.Equal(0, (await app.RunAsync("keys", "rotate", "--now")).Code);
            Open(Path.Combine(app.Folder, "keys"), "755");
        }),
    };

    // What an app's own code does.
    private static Dictionary<string, CheckCase> OfApps => new()
    {
        ["C312"] = Warning("POST /anything", app => app.Create = Bare(map =>
            map.MapPost("/anything", () => 1).WithMetadata(new DisableRequestSizeLimitAttribute()))),
        ["C314"] = Information("GET /slow", app => app.Create = Bare(map => map.MapGet("/slow", () => 1).DisableRequestTimeout())),
        ["C321"] = Information("POST /open", app => app.Create = Bare(map => map.MapPost("/open", () => 1))),
        ["C322"] = Error("without a word", app => app.Create = Bare(_ => { })),
        ["C323"] = Warning("ready", app => app.Create = Bare(_ => { })),
        ["C404"] = Warning("Child has no index on ParentId", app => app.Create = Bare(_ => { }, services => services.AddDatabase<Family>())),
        ["C407"] = Warning("GET /children sorts by name: no index begins with children.name", app => app.Create = Bare(
            map => map.MapGet("/children", (ChildList list, Family db) => db.Children.Apply(list).Count()), services => services.AddDatabase<Family>())),
        ["C506"] = Error("rounds", app =>
            app.Configure = builder => builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1000)),
    };

    private static CheckCase Error(string says, Action<CheckedApp> wrong) => new("error", says, Done(wrong));

    private static CheckCase Warning(string says, Action<CheckedApp> wrong) => new("warning", says, Done(wrong));

    private static CheckCase Information(string says, Action<CheckedApp> wrong) => new("information", says, Done(wrong));

    private static Func<CheckedApp, Task> Done(Action<CheckedApp> wrong) => app =>
    {
        wrong(app);
        return Task.CompletedTask;
    };

    private static string Write(CheckedApp app, string name, string text)
    {
        var path = Path.Combine(app.Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static void Open(string path, string mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }
    }

    private static Action<WebApplicationBuilder> At(DateTimeOffset now) => builder => builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(now));

    private static Func<string[], Action<WebApplicationBuilder>?, WebApplication> Bare(
        Action<WebApplication> map, Action<IServiceCollection>? services = null) =>
        (args, configure) =>
        {
            var builder = CarafeApp.CreateBuilder(args);
            services?.Invoke(builder.Services);
            configure?.Invoke(builder);
            var app = builder.Build();
            app.UseCarafe();
            map(app);
            return app;
        };

    /// <summary>A culture as a machine has it; the tests themselves know none.</summary>
    private sealed class German() : CultureInfo("")
    {
        public override string Name => "de-DE";
    }

    private sealed class Family(DbContextOptions<Family> options) : DbContext(options)
    {
        public DbSet<Child> Children => Set<Child>();

        protected override void ConfigureConventions(ModelConfigurationBuilder builder) => builder.Conventions.Remove<ForeignKeyIndexConvention>();
    }

    private sealed class Parent
    {
        public int Id { get; set; }
    }

    private sealed class ChildList : ListQuery<ChildList, Child>
    {
        protected override void Configure(ListQueryBuilder<Child> list)
        {
            list.Sort(child => child.Name);
            list.DefaultSort = "name";
        }
    }

    private sealed class Child
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";

        public int ParentId { get; set; }

        public Parent? Parent { get; set; }
    }
}

/// <summary>An app that fails a check.</summary>
/// <param name="State">How the check calls it.</param>
/// <param name="Says">A part of what it says.</param>
/// <param name="Break">Makes the app wrong.</param>
internal sealed record CheckCase(string State, string Says, Func<CheckedApp, Task> Break)
{
    public bool Names(string finding) => finding.Contains(Says, StringComparison.Ordinal);
}
