using MyApi.Files;
using MyApi.Posts;
using MyApi.Products;
using MyApi.Users;

namespace MyApi;

/// <summary>Adds realistic rows to try the API on, the same every time. Nobody can sign in as the demo users: they have no password.</summary>
internal static class DemoData
{
    private static readonly string[] FirstNames =
        ["Ada", "Alan", "Barbara", "Claude", "Donald", "Edith", "Frances", "Grace", "Hedy", "Ivan", "Joan", "Katherine", "Linus", "Margaret", "Niklaus",
            "Olga", "Radia", "Sophie", "Tim", "Wanda"];

    private static readonly string[] LastNames =
        ["Abbott", "Baker", "Chen", "Diaz", "Evans", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kowalski", "Lopez", "Moreau", "Nkosi", "Okafor"];

    private static readonly string[] Topics = ["bread", "bicycles", "compilers", "gardens", "rivers", "maps", "coffee", "bridges", "clocks", "lighthouses",
        "tea", "trains"];

    private static readonly string[] Openings = ["What I learned about", "A short history of", "Ten small facts on", "Why I like", "Mistakes I made with",
        "A beginner's notes on"];

    private static readonly string[] Adjectives = ["Plain", "Sturdy", "Pocket", "Folding", "Quiet", "Blue", "Walnut", "Travel", "Winter", "Desk"];

    private static readonly string[] Things = ["Notebook", "Lamp", "Kettle", "Backpack", "Umbrella", "Clock", "Chair", "Mug", "Radio", "Blanket"];

    public static async Task<string> SeedAsync(AppDb db, IServiceProvider services, CancellationToken cancel)
    {
        if (await db.Users.AnyAsync(user => user.Email.EndsWith("@demo.example"), cancel))
        {
            return "The demo data is already there.";
        }

        var random = new Random(20260101);
        var users = FirstNames.SelectMany(_ => LastNames, (first, last) => new User
        {
            Username = $"{first}.{last}".ToLowerInvariant(),
            Email = $"{first}.{last}@demo.example".ToLowerInvariant(),
        }).ToList();
        foreach (var user in users)
        {
            user.Posts.AddRange(Enumerable.Range(0, random.Next(0, 5)).Select(_ => Write(random)));
        }

        var products = Adjectives.SelectMany(_ => Things, (adjective, thing) => new Product
        {
            Name = $"{adjective} {thing}",
            Description = $"A {adjective.ToLowerInvariant()} {thing.ToLowerInvariant()}, made to last.",
            Price = random.Next(300, 20_000) / 100m,
            Stock = random.Next(0, 250),
        });

        db.Users.AddRange(users);
        db.Products.AddRange(products);
        await db.SaveChangesAsync(cancel);
        var files = await StoreNotesAsync(db, services.GetRequiredService<FileStore>(), [.. users.Take(40)], cancel);
        return $"Made {users.Count} users, {users.Sum(user => user.Posts.Count)} posts, {Adjectives.Length * Things.Length} products and {files} files. " +
            $"The users have no passwords: nobody can sign in as them.";
    }

    private static Post Write(Random random)
    {
        var topic = random.GetItems(Topics, 1)[0];
        return new Post
        {
            Title = $"{random.GetItems(Openings, 1)[0]} {topic}",
            Body = string.Join(' ', Enumerable.Range(0, random.Next(3, 12)).Select(_ => $"There is more to {topic} than {random.GetItems(Topics, 1)[0]}.")),
        };
    }

    private static async Task<int> StoreNotesAsync(AppDb db, FileStore store, List<User> users, CancellationToken cancel)
    {
        foreach (var user in users)
        {
            using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"Notes of {user.Username}.\n"));
            await using var blob = await store.ReceiveAsync(text, "text/plain", cancel);
            var path = $"demo/{user.Username}/notes.txt";
            db.Files.Add(
                new StoredFile
                {
                    Path = path,
                    FoldedPath = FileNames.Fold(path),
                    UserId = user.Id,
                    Blob = blob.Name,
                    ContentType = blob.ContentType,
                    Size = blob.Size,
                    Hash = blob.Hash
                });
            await db.SaveChangesAsync(cancel);
            blob.IsKept = true;
        }

        return users.Count;
    }
}
