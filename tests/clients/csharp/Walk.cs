// A day in the life of a client, through a proxy that loses responses: register, log in, create, page through, find the token expired, update with an ETag,
// delete. The client is what MyApi's command `client csharp` wrote.
using MyApi.Client;

await Renewal.RunAsync();

var changes = new List<Tokens?>();
using var handler = new ApiHandler(new Uri(args[0])) { TokensChanged = changes.Add };
using var http = new HttpClient(handler) { BaseAddress = handler.BaseAddress };
var (auth, users, posts) = (new AuthClient(http), new UsersClient(http), new PostsClient(http));
var name = $"cs-{Environment.ProcessId}";
var (email, password) = ($"{name}@example.com", "correct horse battery");

var user = (await auth.RegisterAsync(new RegisterRequest { Username = name, Email = email, Password = password })).Result;
Check(user.Username == name, "registered");
await Refused(409, () => auth.RegisterAsync(new RegisterRequest { Username = name, Email = email, Password = password }));

var login = (await auth.LoginAsync(new LoginRequest { Email = email, Password = password })).Result;
handler.Tokens = new Tokens(login.Access_token, login.Refresh_token);

for (var number = 1; number <= 5; number++)
{
    var created = await posts.CreatePostAsync(new PostRequest { Title = $"Post {number}", Body = "A body" });
    Check(created.Headers["Location"].Single() == $"/posts/{created.Result.Id}", "created at its Location");
}

var ids = new List<int>();
for (int page = 1, pages = 1; page <= pages; page++)
{
    var list = (await users.ListPostsOfUserAsync(user.Id, page, 2)).Result;
    Check(list.Total == 5, "made once what was sent twice");
    pages = (int)list.Pages!;
    ids.AddRange(list.Posts.Select(post => post.Id));
}

Check(ids.Distinct().Count() == 5, "paged through");

// Requests that find the token expired together renew it once: a refresh token that is sent twice would end the session.
handler.Tokens = handler.Tokens with { AccessToken = "expired" };
var me = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => auth.MeAsync()));
Check(me.All(response => response.Result.Username == name) && changes.Count == 3, "renewed once");
Check(handler.Tokens!.RefreshToken != login.Refresh_token, "another refresh token");

var read = await posts.GetPostAsync(ids[0]);
var tag = read.Headers["ETag"].Single();
var change = new PostRequest { Title = "Changed", Body = "Another body" };
Check((await posts.UpdatePostAsync(ids[0], change, tag)).Result.Title == "Changed", "updated");
await Refused(412, () => posts.UpdatePostAsync(ids[0], change, tag));

await posts.DeletePostAsync(ids[0]);
await Refused(404, () => posts.GetPostAsync(ids[0]));

handler.Tokens = new Tokens("expired", login.Refresh_token);
await Refused(401, () => auth.ListSessionsAsync());
Check(handler.Tokens is null, "signed out");
Console.WriteLine("The C# client registered, logged in, created once what it sent twice, paged, renewed its tokens, updated with an ETag and deleted.");

static void Check(bool holds, string what)
{
    if (!holds)
    {
        throw new InvalidOperationException($"Not so: {what}.");
    }
}

static async Task Refused(int status, Func<Task> call)
{
    try
    {
        await call();
    }
    catch (ApiException<ErrorBody> refused) when (refused.StatusCode == status && refused.Result.Status == status)
    {
        return;
    }

    throw new InvalidOperationException($"Not refused with {status}.");
}
