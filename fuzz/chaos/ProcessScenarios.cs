using System.Net.Http.Json;
using System.Text.Json;

namespace Chaos;

/// <summary>Servers that share a file, are killed, stand still or live in a time that jumps.</summary>
internal static class ProcessScenarios
{
    public static async Task TwoServersAsync(Machine machine)
    {
        var one = await machine.StartAsync();
        var other = await machine.StartAsync();
        await one.SignInAsync("alice");
        await other.SignInAsync("bob");
        using var stop = new CancellationTokenSource(machine.Hold / 2);
        await Task.WhenAll(one.WriteUntilAsync(stop.Token), other.WriteUntilAsync(stop.Token));
        Machine.Check(one.Acknowledged.Count > 0 && other.Acknowledged.Count > 0, "One server keeps the other from writing.");
        await one.CheckAsync(other.Acknowledged);
        await other.CheckAsync(one.Acknowledged);
        // The first one to end leaves the file to the other.
        await one.EndAsync("TERM");
        Machine.Check(await other.WriteAsync() == 201, "The other server cannot write any more.");
        await other.CheckAsync(one.Acknowledged);
    }

    public static async Task KilledAsync(Machine machine)
    {
        var api = await machine.StartAsync();
        await api.SignInAsync();
        using var stop = new CancellationTokenSource();
        var writing = api.WriteUntilAsync(stop.Token, writers: 16);
        await Task.Delay(machine.Random.Next(300, 1500));
        await api.EndAsync("KILL");
        await stop.CancelAsync();
        await writing;
        var again = await machine.StartAsync();
        await again.CheckAsync(api.Acknowledged);
        await again.SignInAsync();
        Machine.Check(await again.WriteAsync() == 201, "After the crash nothing can be written.");
    }

    public static async Task StoppedAsync(Machine machine)
    {
        var api = await machine.StartAsync();
        await api.SignInAsync();
        using var stop = new CancellationTokenSource();
        var writing = api.WriteUntilAsync(stop.Token);
        await Task.Delay(300);
        api.Signal("STOP");
        await Task.Delay(machine.Hold / 2);
        api.Signal("CONT");
        await Machine.WithinTenSecondsAsync("/readyz after a pause", async () => await api.ReadinessAsync() == 200);
        await stop.CancelAsync();
        await writing;
        Machine.Check(await api.WriteAsync() == 201, "After the pause nothing can be written.");
        await api.CheckAsync(api.Acknowledged);
    }

    /// <summary>The clock goes back ten hours and forward a day: the right password works, nobody waits for hours, and no row gets an older stamp.</summary>
    public static async Task ClockAsync(Machine machine)
    {
        var library = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
        }).FirstOrDefault() : null;
        var offset = Path.Combine(machine.Folder, "offset");
        await File.WriteAllTextAsync(offset, "+0");
        var api = await machine.StartAsync(new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library ?? throw new SkippedException("needs libfaketime"),
            ["FAKETIME_TIMESTAMP_FILE"] = offset,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        await api.SignInAsync();
        await api.WriteAsync();
        var (id, last) = (api.Acknowledged.Keys.Single(), DateTimeOffset.MinValue);
        foreach (var jump in new[] { "+0", "-10h", "+1d", "-2d", "+0" })
        {
            await File.WriteAllTextAsync(offset, jump);
            await api.SignInAsync();
            using var changed = await api.Client.PatchAsJsonAsync($"/posts/{id}", new { body = jump });
            Machine.Check(changed.IsSuccessStatusCode, $"At {jump} a change is {(int)changed.StatusCode}.");
            var stamp = (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("updated_at").GetDateTimeOffset();
            Machine.Check(stamp > last, $"At {jump} the row's time goes from {last:O} to {stamp:O}.");
            last = stamp;
            Machine.Check(await api.WriteAsync() == 201 && await api.ReadinessAsync() == 200, $"At {jump} the server does not work.");
        }

        await api.CheckAsync(api.Acknowledged);
    }
}
