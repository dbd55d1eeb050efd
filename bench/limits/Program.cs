// What a check of two limits costs in the process: time, garbage, and the memory of a million keys.
using System.Diagnostics;
using Carafe;
using Carafe.Limits;

var states = new LimitState[2];
var store = new MemoryLimitStore(TimeProvider.System);
var (minute, hour) = (new Limit("bench", 5, TimeSpan.FromMinutes(1)), new Limit("bench", 100, TimeSpan.FromHours(1)));
const int Keys = 1000;
const int Checks = 300_000;
var takes = new LimitTake[Keys][];
for (var key = 0; key < Keys; key++)
{
    takes[key] = [new(minute, LimitKey.Account(key)), new(hour, LimitKey.Account(key))];
}

var best = double.MaxValue;
var garbage = 0L;
for (var round = 0; round < 15; round++)
{
    var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
    for (var check = 0; check < Checks; check++)
    {
        store.Take(takes[check % Keys], states);
    }

    best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalNanoseconds / Checks);
    garbage = GC.GetAllocatedBytesForCurrentThread() - before;
}

Console.WriteLine($"two limits, {Keys} keys: {best:0} ns a check, {garbage / Checks} bytes (best of 15 x {Checks})");

GC.Collect();
var empty = GC.GetTotalMemory(forceFullCollection: true);
var million = new MemoryLimitStore(TimeProvider.System);
for (var key = 0; key < 1_000_000; key++)
{
    million.Take([new(hour, LimitKey.Account(key))], states);
}

var full = GC.GetTotalMemory(forceFullCollection: true);
Console.WriteLine($"a million keys: {(full - empty) / 1e6:0} MB, {million.Count} kept");
using var process = Process.GetCurrentProcess();
var cpu = process.TotalProcessorTime;
await Task.Delay(TimeSpan.FromSeconds(3));
process.Refresh();
Console.WriteLine($"idle: {(process.TotalProcessorTime - cpu).TotalMilliseconds / 3:0.0} ms of CPU a second");
GC.KeepAlive(million);
