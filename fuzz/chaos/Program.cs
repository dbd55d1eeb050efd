using System.Diagnostics;
using System.Globalization;
using Chaos;

var (server, minutes, seed, only, hold) = ("", (double?)null, 1, "", (int?)null);
for (var at = 0; at + 1 < args.Length; at += 2)
{
    var value = args[at + 1];
    switch (args[at])
    {
        case "--server": server = Path.GetFullPath(value); break;
        case "--minutes": minutes = double.Parse(value, CultureInfo.InvariantCulture); break;
        case "--seed": seed = int.Parse(value, CultureInfo.InvariantCulture); break;
        case "--only": only = value; break;
        case "--hold": hold = int.Parse(value, CultureInfo.InvariantCulture); break;
        default: throw new ArgumentException($"There is no option {args[at]}.");
    }
}

var scenarios = new (string Name, Func<Machine, Task> RunAsync)[]
{
    ("database disk full", DiskScenarios.DatabaseAsync),
    ("files disk full", DiskScenarios.FilesAsync),
    ("log cannot be written", DiskScenarios.LogAsync),
    ("database moved", FileScenarios.MovedAsync),
    ("database removed", FileScenarios.RemovedAsync),
    ("database damaged", FileScenarios.DamagedAsync),
    ("two servers", ProcessScenarios.TwoServersAsync),
    ("killed", ProcessScenarios.KilledAsync),
    ("stopped", ProcessScenarios.StoppedAsync),
    ("clock", ProcessScenarios.ClockAsync),
    ("crowd", CrowdScenario.RunAsync),
}.Where(scenario => scenario.Name.Contains(only, StringComparison.Ordinal)).ToArray();
if (scenarios.Length == 0)
{
    throw new ArgumentException($"There is no scenario '{only}'.");
}

var clock = Stopwatch.StartNew();
var random = new Random(seed);
var (failures, runs) = (0, 0);
do
{
    random.Shuffle(scenarios);
    foreach (var (name, runAsync) in scenarios)
    {
        var started = clock.Elapsed;
        using var machine = new Machine(server, random, TimeSpan.FromSeconds(hold ?? (minutes >= 10 ? 60 : 5)));
        string result;
        try
        {
            await runAsync(machine);
            result = "ok";
        }
        catch (SkippedException skipped)
        {
            result = $"skipped: {skipped.Message}";
        }
        catch (Exception error)
        {
            failures++;
            result = $"FAILED: {error.Message}\n{(error is FailedException ? "" : error)}\n{machine.LastLines}";
        }

        runs++;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-22} {(clock.Elapsed - started).TotalSeconds,5:0.0} s  {result}"));
    }
}
while (clock.Elapsed.TotalMinutes < minutes);

Console.WriteLine($"{runs} runs with seed {seed}: {failures} failed.");
return failures == 0 ? 0 : 1;
