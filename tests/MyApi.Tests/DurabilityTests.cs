using System.Collections.Concurrent;

namespace MyApi.Tests;

public sealed class DurabilityTests
{
    [Fact]
    public async Task No_acknowledged_write_is_lost_when_the_process_is_killed()
    {
        var folder = MyApiProcess.NewFolder();
        var acknowledged = new ConcurrentBag<int>();
        string? token = null;
        for (var round = 0; round < 20; round++)
        {
            await using var api = await MyApiProcess.ServeAsync(folder);
            token ??= await SignInAsync(api.Client);
            api.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var before = acknowledged.Count;
            var writers = Enumerable.Range(0, 4).Select(async _ =>
            {
                try
                {
                    while (true)
                    {
                        var post = await api.Client.PostJson("/posts", new { title = "t", body = "b" }).Expect(201);
                        acknowledged.Add(post.GetProperty("id").GetInt32());
                        if (acknowledged.Count - before > 20)
                        {
                            enough.TrySetResult();
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    // The process was killed under the request: nothing was promised.
                }
            }).ToArray();
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await api.KillAsync();
            await Task.WhenAll(writers);
        }

        await using var after = await MyApiProcess.ServeAsync(folder);
        foreach (var id in acknowledged)
        {
            await after.Client.GetAsync($"/posts/{id}").Expect(200);
        }

        await after.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> SignInAsync(HttpClient client)
    {
        await client.RegisterAsync("alice").Expect(201);
        var tokens = await client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).Expect(200);
        return tokens.GetProperty("access_token").GetString()!;
    }
}
