using Microsoft.Data.Sqlite;

namespace Chaos;

/// <summary>What happens to the database's file under the running server.</summary>
internal static class FileScenarios
{
    public static async Task MovedAsync(Machine machine)
    {
        var api = await FilledAsync(machine);
        var file = Path.Combine(machine.Folder, "app.db");
        File.Move(file, $"{file}.moved");
        await GoneAsync(api);
        await CheckFileAsync($"{file}.moved", api);
        File.Move($"{file}.moved", file);
        await Machine.WithinTenSecondsAsync("/readyz knows that the file is back", async () => await api.ReadinessAsync() == 200);
        Machine.Check(await api.WriteAsync() == 201, "The file is back, and nothing can be written.");
        await api.CheckAsync(api.Acknowledged);
    }

    public static async Task RemovedAsync(Machine machine)
    {
        var api = await FilledAsync(machine);
        File.Delete(Path.Combine(machine.Folder, "app.db"));
        await GoneAsync(api);
        await CheckFileAsync(Directory.GetFiles(machine.Folder, "app.db.rescued-*").Single(), api);
    }

    public static async Task DamagedAsync(Machine machine)
    {
        var api = await FilledAsync(machine);
        for (var i = 0; i < 40; i++)
        {
            await api.WriteAsync(20_000);
        }

        await machine.CommandAsync("db", "backup", "app.backup");
        var acknowledged = api.Acknowledged.ToArray();
        using (var file = File.OpenHandle(Path.Combine(machine.Folder, "app.db"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            // Every page has a flipped bit in its header, but the first, which says that it is a database.
            for (var page = 4096L; page < RandomAccess.GetLength(file); page += 4096)
            {
                var bytes = new byte[1];
                RandomAccess.Read(file, bytes, page);
                bytes[0] ^= (byte)(1 << machine.Random.Next(8));
                RandomAccess.Write(file, bytes, page);
            }
        }

        await Machine.WithinTenSecondsAsync("/readyz knows that the file is damaged", async () => await api.ReadinessAsync() == 503);
        await api.EndAsync("TERM");
        // The way that the log names.
        await machine.CommandAsync("db", "restore", "app.backup");
        var again = await machine.StartAsync();
        await again.CheckAsync(acknowledged);
    }

    private static async Task<Api> FilledAsync(Machine machine)
    {
        var api = await machine.StartAsync();
        await api.SignInAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await api.WriteUntilAsync(stop.Token);
        Machine.Check(api.Acknowledged.Count > 0, "Nothing was written.");
        return api;
    }

    // Requests that are on their way are acknowledged into the file that is saved, or refused.
    private static async Task GoneAsync(Api api)
    {
        Machine.Check(await api.WriteAsync() == 503, "A write goes into a file that nobody finds again.");
        await Machine.WithinTenSecondsAsync("/readyz knows that the file is gone", async () => await api.ReadinessAsync() == 503);
    }

    private static async Task CheckFileAsync(string file, Api api)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, title FROM posts";
        var found = new Dictionary<int, string>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            found[rows.GetInt32(0)] = rows.GetString(1);
        }

        foreach (var (id, title) in api.Acknowledged)
        {
            Machine.Check(found.GetValueOrDefault(id) == title, $"Post {id} was acknowledged and is not in {file}.");
        }
    }
}
