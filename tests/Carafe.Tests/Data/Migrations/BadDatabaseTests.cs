using System.CommandLine;
using System.Security.Cryptography;
using Carafe.Data.Commands;

namespace Carafe.Tests.Data.Migrations;

/// <summary>
/// Every command under <c>db</c>, whatever there will be, on every database that it is not meant for: it says in one line what to do next, or does
/// what can be done, and a database that is somebody else's, or cannot be written, stays as it was.
/// </summary>
public class BadDatabaseTests
{
    private const string Classes = "public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; }";
    private const string More = "public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; public int Pages { get; set; } }";

    // Those that this build may work on, as soon as they are migrated.
    private static readonly string[] Ours = ["missing", "empty", "half-migrated"];
    private static readonly string[] Writers = ["upgrade", "downgrade", "stamp", "seed", "data", "import", "reset", "restore"];
    private static readonly string[] Next =
        ["'db ", "--", "Deploy ", "Give ", "Check ", "Run ", "Start ", "Add one ", "Restore ", "does not exist", "There is no migration", "Nothing to "];

    public static TheoryData<string, string> Databases
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var state in new[] { "missing", "empty", "half-migrated", "foreign", "without history", "newer", "read-only" })
            {
                all.Add(TestDatabase.Sqlite, state);
                all.Add(TestDatabase.Postgres, state);
            }

            all.Add(TestDatabase.Sqlite, "no database");
            all.Add(TestDatabase.Sqlite, "cut short");
            all.Add(TestDatabase.Sqlite, "a directory");
            all.Add(TestDatabase.Postgres, "no server");
            all.Add(TestDatabase.Postgres, "wrong user");
            all.Add(TestDatabase.Postgres, "without rights");
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_command_says_what_to_do_next_and_changes_nothing_that_is_not_its_own(string kind, string state)
    {
        var first = await Model(Classes).MigrateAsync("First");
        var model = await first.Then(Lab.Source(More, "model.Entity<Book>();")).MigrateAsync("Second");
        var folder = Directory.CreateTempSubdirectory("carafe-bad-");
        try
        {
            foreach (var command in Commands(model))
            {
                await using var database = await TestDatabase.CreateAsync(kind);
                await using var good = await TestDatabase.CreateAsync(kind);
                await model.OkAsync(good.Url, "db", "upgrade");
                var url = await SpoilAsync(database, kind, state, first, model);
                var before = await FingerprintAsync(kind, state, database, model);

                var (code, output) = await model.RunAsync(url, await ArgsAsync(command, url, good.Url, folder.FullName, model));

                var what = $"{kind}, {state}, db {command.Name}: exit {code}: {output}";
                Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
                Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
                var isOurs = Ours.Contains(state);
                if (code != 0)
                {
                    Assert.True(code is 1 or 2 && output.TrimEnd('\n') is { Length: > 0 } line && (command.Name == "check" || !line.Contains('\n')), what);
                    Assert.True(Next.Any(word => output.Contains(word, StringComparison.Ordinal)), $"Nothing to do next. {what}");
                }
                else
                {
                    // A backup of the app goes over whatever the app left, damaged files included.
                    Assert.True(isOurs || !Writers.Contains(command.Name) || (state, command.Name) is ("newer" or "cut short", "restore"), what);
                }

                if (code != 0 || !Writers.Contains(command.Name))
                {
                    Assert.True(before == await FingerprintAsync(kind, state, database, model), $"Changed. {what}");
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_restore_replaces_a_damaged_file_and_keeps_it_beside()
    {
        var model = await Model(Classes).MigrateAsync("First");
        await using var good = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        var folder = Directory.CreateTempSubdirectory("carafe-bad-");
        try
        {
            await model.OkAsync(good.Url, "db", "upgrade");
            await model.ExecuteAsync(good.Url, "INSERT INTO book (title) VALUES ('kept')");
            var backup = await FileAsync("restore", good.Url, folder.FullName, model);
            var url = await SpoilAsync(database, TestDatabase.Sqlite, "cut short", model, model);
            var damaged = await FingerprintAsync(TestDatabase.Sqlite, "cut short", database, model);

            var (code, output) = await model.RunAsync(url, "db", "restore", backup);

            Assert.True(code == 0, output);
            Assert.Equal(["kept"], await model.QueryAsync(url, "SELECT title FROM book"));
            var file = new FileInfo(url["sqlite:///".Length..]);
            var kept = Assert.Single(file.Directory!.GetFiles($"{file.Name}.damaged-*"), part => !part.Name.Contains("-wal") && !part.Name.Contains("-shm"));
            Assert.Equal(damaged, Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(kept.FullName))));
            Assert.Contains(kept.FullName, output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static CompiledModel Model(string classes) => new(Lab.Source(classes, "model.Entity<Book>();"));

    // Those that write files into the project are not about a database.
    private static List<Command> Commands(CompiledModel model)
    {
        using var app = (IDisposable)model.Create("sqlite:///:memory:");
        var context = model.ContextType;
        var root = (Command)typeof(DatabaseCommands<>).MakeGenericType(context).GetMethod("Create")!.Invoke(null, [app])!;
        var all = root.Subcommands.Where(command => command.Name is not ("migrate" or "merge")).ToList();
        Assert.True(all.Count > 12 && all.All(command => command.Subcommands.Count == 0));
        return all;
    }

    private static async Task<string[]> ArgsAsync(Command command, string url, string good, string folder, CompiledModel model)
    {
        var args = new List<string> { "db", command.Name };
        foreach (var argument in command.Arguments)
        {
            args.Add((command.Name, argument.Name) switch
            {
                ("downgrade", "target") => "-1",
                (_, "target") => "head",
                ("copy", "from") => url,
                ("copy", "to") => good,
                ("restore" or "import", "file") => await FileAsync(command.Name, good, folder, model),
                (_, "file" or "folder") => Path.Combine(folder, $"{Guid.NewGuid():N}"),
                var (_, name) => throw new InvalidOperationException($"This test knows no value for <{name}> of 'db {command.Name}'."),
            });
        }

        return [.. args];
    }

    private static async Task<string> FileAsync(string command, string good, string folder, CompiledModel model)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}");
        await model.OkAsync(good, "db", command == "restore" ? "backup" : "export", file);
        return file;
    }

    private static async Task<string> SpoilAsync(ITestDatabase database, string kind, string state, CompiledModel first, CompiledModel model)
    {
        var file = database.Url.Replace("sqlite:///", "", StringComparison.Ordinal);
        switch (state)
        {
            case "missing" when kind == TestDatabase.Sqlite:
                File.Delete(file);
                break;
            case "missing":
                return new UriBuilder(database.Url) { Path = $"/nowhere_{Guid.NewGuid():N}" }.Uri.ToString();
            case "half-migrated":
                await first.OkAsync(database.Url, "db", "upgrade");
                break;
            case "foreign":
                var other = await new CompiledModel(Lab.Source("public class Tree { public int Id { get; set; } }", "model.Entity<Tree>();"))
                    .MigrateAsync("Trees");
                await other.OkAsync(database.Url, "db", "upgrade");
                break;
            case "without history":
                await model.ExecuteAsync(database.Url, "CREATE TABLE tree (id integer PRIMARY KEY)");
                break;
            case "newer":
                var newer = await model.Then(Lab.Source(More.Insert(More.LastIndexOf('}'), "public int Stars { get; set; }"), "model.Entity<Book>();"))
                    .MigrateAsync("Third");
                await newer.OkAsync(database.Url, "db", "upgrade");
                break;
            case "read-only" when kind == TestDatabase.Sqlite:
                await first.OkAsync(database.Url, "db", "upgrade");
                // Root may write any file; a version of the format that is to come may be read by nobody else.
                await using (var bytes = File.OpenWrite(file))
                {
                    bytes.Position = 18;
                    bytes.WriteByte(3);
                }

                break;
            case "read-only":
                await first.OkAsync(database.Url, "db", "upgrade");
                await model.ExecuteAsync(database.Url,
                    $"ALTER DATABASE \"{new Uri(database.Url).AbsolutePath.Trim('/')}\" SET default_transaction_read_only = on");
                break;
            case "no database":
                await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("This is no database. ", 400)));
                break;
            case "cut short":
                await model.OkAsync(database.Url, "db", "upgrade");
                await using (var bytes = File.OpenWrite(file))
                {
                    bytes.SetLength(5000);
                }

                break;
            case "a directory":
                File.Delete(file);
                Directory.CreateDirectory(file);
                break;
            case "no server":
                return new UriBuilder(database.Url) { Port = 1 }.Uri.ToString();
            case "without rights":
                await model.OkAsync(database.Url, "db", "upgrade");
                var role = $"nobody_{Guid.NewGuid():N}";
                await model.ExecuteAsync(database.Url, $"CREATE ROLE {role} LOGIN");
                return new UriBuilder(database.Url) { UserName = role }.Uri.ToString();
            case "wrong user":
                return new UriBuilder(database.Url) { UserName = "nobody_knows" }.Uri.ToString();
        }

        return database.Url;
    }

    // All that the database holds.
    private static async Task<string> FingerprintAsync(string kind, string state, ITestDatabase database, CompiledModel model)
    {
        if (state == "empty" && kind == TestDatabase.Sqlite)
        {
            // The first to open an empty file makes a write-ahead log of it.
            return string.Join(' ', await model.QueryAsync(database.Url, "SELECT name FROM sqlite_master"));
        }

        if (kind == TestDatabase.Sqlite)
        {
            var file = database.Url["sqlite:///".Length..];
            return File.Exists(file) ? Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file))) : Directory.Exists(file) ? "directory" : "none";
        }

        var history = await model.QueryAsync(database.Url, "SELECT to_regclass('\"__EFMigrationsHistory\"')::text") is ["null"] ? []
            : await model.QueryAsync(database.Url, "SELECT migration_id::text FROM \"__EFMigrationsHistory\" ORDER BY 1");
        return $"{await model.WithAsync(database.Url, SchemaText.ReadAsync)}\n{string.Join(' ', history)}";
    }
}
