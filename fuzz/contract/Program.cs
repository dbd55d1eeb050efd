using System.Diagnostics;
using System.Globalization;
using Carafe.Auth;
using Carafe.Testing;
using MyApi;
using MyApi.Users;

// Sends MyApi requests made from its document, right ones and wrong ones, and holds every answer to the document. A seed is one run of a thousand
// requests; those that failed once are kept and run first.
var (time, seed, corpus) = (TimeSpan.FromSeconds(60), 1, "fuzz/corpus/contract-seeds.txt");
for (var index = 0; index + 1 < args.Length; index += 2)
{
    var number = double.TryParse(args[index + 1], CultureInfo.InvariantCulture, out var read) ? read : 0;
    switch (args[index])
    {
        case "--seconds":
            time = TimeSpan.FromSeconds(number);
            break;
        case "--minutes":
            time = TimeSpan.FromMinutes(number);
            break;
        case "--seed":
            seed = (int)number;
            break;
        case "--corpus":
            corpus = args[index + 1];
            break;
        default:
            Console.Error.WriteLine("--seconds N, --minutes N, --seed N, --corpus FILE");
            return 2;
    }
}

var kept = File.Exists(corpus) ? File.ReadAllLines(corpus).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList() : [];
var clock = Stopwatch.StartNew();
var (runs, failed) = (0, 0);
foreach (var next in kept.Concat(Enumerable.Range(0, int.MaxValue).Select(run => unchecked((seed * 1_000_003) + run))))
{
    // Every kept seed is run, whatever the time.
    if (runs >= kept.Count && clock.Elapsed >= time)
    {
        break;
    }

    runs++;
    var faults = await RunAsync(next);
    if (faults.Count > 0)
    {
        failed++;
        Console.WriteLine($"seed {next}: {faults.Count} faults");
        faults.Take(5).ToList().ForEach(Console.WriteLine);
        if (!kept.Contains(next))
        {
            await File.AppendAllTextAsync(corpus, next.ToString(CultureInfo.InvariantCulture) + Environment.NewLine);
        }
    }
}

Console.WriteLine($"{runs},000 requests in {clock.Elapsed.TotalSeconds:0} s from seed {seed}: {failed} of {runs} runs failed.");
return failed == 0 ? 0 : 1;

static async Task<IReadOnlyList<string>> RunAsync(int seed)
{
    await using var app = await TestApp.StartAsync(MyApp.Create, builder => builder.Configuration["PASSWORD_MIN_LENGTH"] = "1");
    var client = app.Client;
    var report = await app.ProbeContractAsync(
        async number => client = number % 13 > 0 ? client : (number / 13 % 4) switch
        {
            0 => app.Client,
            1 => app.As(await AddAsync(app, $"user{number}", Roles.User)),
            _ => app.As(await AddAsync(app, $"admin{number}", Roles.Admin)),
        },
        requests: 1_000,
        seed);
    return report.Failures;
}

static Task<User> AddAsync(TestApp app, string name, string role) => app.WithAsync<AppDb, User>(async db =>
{
    var user = db.Users.Add(new User { Username = name, Email = $"{name}@example.com", Role = role }).Entity;
    await db.SaveChangesAsync();
    return user;
});
