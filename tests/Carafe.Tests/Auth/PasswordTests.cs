using Carafe.Auth;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Carafe.Tests.Auth;

public sealed class PasswordTests
{
    // Made by werkzeug 3.1.8's generate_password_hash.
    public static TheoryData<string, string> FlaskHashes => new()
    {
        { "securepass123",
            "scrypt:32768:8:1$DdmKsMJPAPvinQ71$f4d7b2552a374df8dde90f90fc439dbde923e0a769fbee1b177492c94c234f7e8a0fe7a4e22ac0eea1e29a0226d2cae547f9b40" +
            "fe8c4ec57c3d1f0985d2b23f1" },
        { "securepass123", "pbkdf2:sha256:1000000$8nVt4Vi6pQnlS7bb$6e4c7bb1d95fd2451a58175b0790cce7ea14297d2a2623bf72348b4cda79d69a" },
        { "securepass123",
            "pbkdf2:sha512:1000$2eWVz69ovFRcjyoN$1709b057f0ba97a794401f9ab6e17ae6c3c86caa0c0a4b90c40ff50685cafd50a6335eb4af9e2639f1264b76fb5db17025ac0" +
            "987ecb1043b317b279da1d95713" },
        { "securepass123",
            "scrypt:1024:8:2$3dqw1bp2APE2PnFf$c0c7b5ab5ccc9451e37dcb040b60728634f9c873b0c9205ef3ab737d00ef869c92ca91cd775dc7754d8340d4a70a0afb41578e67" +
            "9810e623dd8b706cbd491fff" },
        { "pässwörd 🔑 café",
            "scrypt:32768:8:1$nVtuJ0WnBDwMZPUQ$a2da1c342940f9e01ced0cdd29b7f650b941831d3f790ad55d77a0cfd4ddfebc1a949352043caaf5d14baf013d7e7160ae880b9" +
            "a43b494e7d97df2dcbbf7f538" },
        { "pässwörd 🔑 café", "pbkdf2:sha256:1000$pUITerYd0fQUtdwn$aac38c16d402f919a8c1c8de9007d35daee03cdfafbc0787d1e2bda1eac49003" },
    };

    [Theory]
    [MemberData(nameof(FlaskHashes))]
    public async Task A_hash_from_Flask_signs_in_and_becomes_ours(string password, string hash)
    {
        await using var app = await AuthApp.StartAsync(services: services => services.AddWerkzeugHashes());
        await app.SetHashAsync(hash);
        Assert.Equal(401, (int)(await app.SignInAsync("alice@example.com", password + " ")).StatusCode);
        Assert.Equal(200, (int)(await app.SignInAsync("alice@example.com", password)).StatusCode);
        Assert.StartsWith("AQAAAA", await app.HashAsync(), StringComparison.Ordinal);
        Assert.Equal(200, (int)(await app.SignInAsync("alice@example.com", password)).StatusCode);
    }

    [Theory]
    [InlineData("scrypt:1073741824:8:1$salt$00112233445566778899aabbccddeeff")]
    [InlineData("scrypt:32768:1000000:1$salt$00112233445566778899aabbccddeeff")]
    [InlineData("scrypt:3:8:1$salt$00112233445566778899aabbccddeeff")]
    [InlineData("scrypt:0:8:1$salt$00112233445566778899aabbccddeeff")]
    [InlineData("pbkdf2:sha256:2000000000$salt$00112233445566778899aabbccddeeff")]
    [InlineData("pbkdf2:md5:1000$salt$00112233445566778899aabbccddeeff")]
    [InlineData("pbkdf2:sha256:1000$salt$zz")]
    [InlineData("plain$salt$password")]
    [InlineData("$$")]
    [InlineData("not a hash at all")]
    [InlineData("AQAA")]
    [InlineData("")]
    public async Task A_hash_that_makes_no_sense_matches_nothing(string hash)
    {
        await using var app = await AuthApp.StartAsync(services: services => services.AddWerkzeugHashes());
        await app.SetHashAsync(hash);
        Assert.Equal(401, (int)(await app.SignInAsync("alice@example.com", "password")).StatusCode);
        Assert.Equal(401, (int)(await app.SignInAsync("alice@example.com", "")).StatusCode);
    }

    [Fact]
    public async Task A_hash_from_Flask_is_not_read_unless_the_app_says_so()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetHashAsync("pbkdf2:sha256:1000$pUITerYd0fQUtdwn$aac38c16d402f919a8c1c8de9007d35daee03cdfafbc0787d1e2bda1eac49003");
        Assert.Equal(401, (int)(await app.SignInAsync("alice@example.com", "pässwörd 🔑 café")).StatusCode);
    }

    [Fact]
    public async Task A_hash_of_another_system_signs_in_by_the_apps_own_format()
    {
        await using var app = await AuthApp.StartAsync(services: services => services.AddSingleton<IForeignPasswordHash, Reversed>());
        await app.SetHashAsync("reversed:drowssap terces");
        Assert.Equal(401, (int)(await app.SignInAsync("alice@example.com", "another password")).StatusCode);
        Assert.Equal(200, (int)(await app.SignInAsync("alice@example.com", "secret password")).StatusCode);
        Assert.StartsWith("AQAAAA", await app.HashAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not a hash at all")]
    [InlineData("AQAA")]
    [InlineData("scrypt:1073741824:8:1$salt$00112233445566778899aabbccddeeff")]
    public async Task An_account_that_cannot_sign_in_costs_a_hash_too(string? hash)
    {
        var hasher = new CountingHasher();
        await using var app = await AuthApp.StartAsync(services: services => services.AddWerkzeugHashes().AddSingleton<IPasswordHasher<object>>(hasher));
        var account = hash is null ? null : new Person { Username = "x", Email = "x", PasswordHash = hash };
        Assert.False(await app.Services.GetRequiredService<PasswordService>().VerifyAsync(account, "password", TestContext.Current.CancellationToken));
        Assert.Equal(1, hasher.Verified);
    }

    [Fact]
    public async Task A_hash_that_was_cheaper_is_made_anew()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetHashAsync(new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 500 }))
            .HashPassword(app, "correct horse"));
        var old = await app.HashAsync();
        await app.SignInAsync("alice@example.com", "correct horse");
        Assert.NotEqual(old, await app.HashAsync());
    }

    [Fact]
    public async Task The_cost_is_OWASPs_unless_told()
    {
        var builder = CarafeApp.CreateBuilder(["--environment", "Testing"]);
        builder.Services.AddDbContext<AuthDb>();
        builder.Services.AddAuth<AuthDb, Person>();
        await using var app = builder.Build();
        Assert.Equal(210_000, app.Services.GetRequiredService<IOptions<PasswordHasherOptions>>().Value.IterationCount);
    }

    [Theory]
    [InlineData("1234567", 8, false)]
    [InlineData("zq8#kfw2", 8, true)]
    [InlineData("🔑🔒🗝🚪🏠🌳🐈⛵", 8, true)]
    [InlineData("password", 8, false)]
    [InlineData("Password1", 8, false)]
    [InlineData("iloveyou", 8, false)]
    [InlineData("aaaaaaaaaaaaaaaa", 8, false)]
    [InlineData("my alice@example.com", 8, false)]
    [InlineData("ALICE is the best", 8, false)]
    [InlineData("I love carafe.tests", 8, false)]
    [InlineData("        blanks        ", 8, true)]
    [InlineData("pass", 4, true)]
    [InlineData("alice", 4, true)]
    [InlineData("pas", 4, false)]
    public async Task Length_counts_and_what_everybody_guesses_does_not_do(string password, int minimum, bool good)
    {
        await using var app = await AuthApp.StartAsync(settings: new() { ["PASSWORD_MIN_LENGTH"] = $"{minimum}" });
        var rules = app.Services.GetRequiredService<Carafe.Auth.PasswordService>();
        var fault = Record.Exception(() => rules.RequireGood(password, "alice", "alice@example.com"));
        Assert.Equal(good, fault is null);
        Assert.True(fault is null or AbortException { Error.Status: 422 });
        Assert.True(fault is null || ((AbortException)fault).Error.Message.StartsWith("password ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    [InlineData(1_000_000, false)]
    public async Task Long_passwords_will_do_and_absurd_ones_are_not_hashed(int length, bool good)
    {
        await using var app = await AuthApp.StartAsync();
        var password = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * 7 % 26))));
        var rules = app.Services.GetRequiredService<Carafe.Auth.PasswordService>();
        Assert.Equal(good, Record.Exception(() => rules.RequireGood(password, "alice", "alice@example.com")) is null);
        Assert.False(await rules.VerifyAsync(new Person { Username = "x", Email = "x", PasswordHash = "x" }, password, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Passwords_that_agree_in_the_first_72_bytes_are_two()
    {
        await using var app = await AuthApp.StartAsync();
        var rules = app.Services.GetRequiredService<Carafe.Auth.PasswordService>();
        var person = new Person
        {
            Username = "x",
            Email = "x",
            PasswordHash = await rules.HashAsync(new string('x', 72) + "a", TestContext.Current.CancellationToken)
        };
        Assert.False(await rules.VerifyAsync(person, new string('x', 72) + "b", TestContext.Current.CancellationToken));
        Assert.True(await rules.VerifyAsync(person, new string('x', 72) + "a", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_storm_of_hashes_is_admitted_up_to_a_limit_and_told_to_come_back()
    {
        var queue = new HashQueue();
        var (gate, ran) = (new TaskCompletionSource(), 0);
        var work = Enumerable.Range(0, 200).Select(_ => queue.RunAsync(
            HashPurpose.Login,
            null,
            () =>
            {
                gate.Task.Wait(TestContext.Current.CancellationToken);
                return Interlocked.Increment(ref ran);
            },
            TestContext.Current.CancellationToken)).ToList();
        var refused = work.Where(task => task.IsFaulted).Select(task => ((AbortException)task.Exception!.InnerException!).Error).ToList();
        gate.SetResult();
        await Task.WhenAll(work.Where(task => !task.IsFaulted));
        var admitted = 64 + Math.Max(1, Environment.ProcessorCount / 2);
        Assert.Equal(admitted, ran);
        Assert.Equal(200 - admitted, refused.Count);
        Assert.All(refused, error => Assert.True(error is { Status: 503, RetryAfter: not null }));
    }

    private sealed class Reversed : IForeignPasswordHash
    {
        public bool? Verify(string hash, string password) =>
            hash.StartsWith("reversed:", StringComparison.Ordinal) ? hash["reversed:".Length..] == string.Concat(password.Reverse()) : null;
    }

    private sealed class CountingHasher() : PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 }))
    {
        public int Verified { get; private set; }

        public override PasswordVerificationResult VerifyHashedPassword(object user, string hashedPassword, string providedPassword)
        {
            var result = base.VerifyHashedPassword(user, hashedPassword, providedPassword);
            Verified++;
            return result;
        }
    }
}
