using System.Net;

namespace Chaos;

/// <summary>Disks that are full, and a log that nobody takes.</summary>
internal static class DiskScenarios
{
    public static async Task DatabaseAsync(Machine machine)
    {
        var folder = machine.Mount("data", 8);
        var api = await machine.StartAsync(new Dictionary<string, string> { ["DATABASE_URL"] = $"sqlite:///{folder}/app.db" });
        await api.SignInAsync();
        await api.WriteAsync();
        var filler = Machine.Fill(folder);

        // What is in the write-ahead log has room already.
        for (var attempt = 0; await api.WriteAsync(60_000) != 503; attempt++)
        {
            Machine.Check(attempt < 300, "A full disk takes everything.");
        }

        await Machine.WithinTenSecondsAsync("/readyz knows that the disk is full", async () => await api.ReadinessAsync() == 503);
        await api.CheckAsync(api.Acknowledged);
        File.Delete(filler);
        await Machine.WithinTenSecondsAsync("/readyz knows that there is room again", async () => await api.ReadinessAsync() == 200);
        Machine.Check(await api.WriteAsync() == 201, "There is room, and nothing can be written.");
        await api.CheckAsync(api.Acknowledged);
    }

    public static async Task FilesAsync(Machine machine)
    {
        var folder = machine.Mount("files", 8);
        var api = await machine.StartAsync(new Dictionary<string, string> { ["FILES_FOLDER"] = folder });
        await api.SignInAsync();
        var bytes = new byte[200_000];
        machine.Random.NextBytes(bytes);
        Machine.Check(await UploadAsync("before") == HttpStatusCode.Created, "A file cannot be stored.");
        var filler = Machine.Fill(folder);
        Machine.Check(await UploadAsync("full") is HttpStatusCode.InsufficientStorage or HttpStatusCode.ServiceUnavailable, "A full disk takes a file.");
        await Machine.WithinTenSecondsAsync("/readyz knows that the folder is full", async () => await api.ReadinessAsync() == 503);
        File.Delete(filler);
        await Machine.WithinTenSecondsAsync("/readyz knows that there is room again", async () => await api.ReadinessAsync() == 200);
        Machine.Check(await UploadAsync("after") == HttpStatusCode.Created, "There is room, and no file can be stored.");
        foreach (var name in new[] { "before", "after" })
        {
            var read = await api.Client.GetByteArrayAsync(new Uri($"/files/{name}", UriKind.Relative));
            Machine.Check(read.AsSpan().SequenceEqual(bytes), $"The file {name} has changed.");
        }

        async Task<HttpStatusCode> UploadAsync(string name)
        {
            using var response = await api.Client.PutAsync(new Uri($"/files/{name}", UriKind.Relative), new ByteArrayContent(bytes));
            return response.StatusCode;
        }
    }

    public static async Task LogAsync(Machine machine)
    {
        var api = await machine.StartAsync(new Dictionary<string, string> { ["ACCESS_LOG"] = "true" }, "exec >/dev/full;");
        await api.SignInAsync();
        for (var i = 0; i < 200; i++)
        {
            Machine.Check(await api.WriteAsync() == 201, "A request waits for the log.");
        }

        await api.CheckAsync(api.Acknowledged);
        await api.EndAsync("TERM");
    }
}
