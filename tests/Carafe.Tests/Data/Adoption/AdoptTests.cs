using System.Security.Cryptography;
using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Adoption;

/// <summary>What <c>db adopt</c> makes of a database of Flask, and which it refuses. Its project is built and served by <c>.ci/flask</c>.</summary>
public sealed class AdoptTests
{
    private const string Users = "CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(120) NOT NULL, password VARCHAR(60) NOT NULL, PRIMARY KEY (id));";

    [Theory]
    [MemberData(nameof(Lab.Databases), MemberType = typeof(Lab))]
    public async Task A_database_of_Flask_becomes_a_project_whose_first_migration_it_has(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Tables(kind == TestDatabase.Sqlite));
        using var folder = new AdoptFolder();

        var (code, output) = await Tool.RunAsync(database.Url, "db", "adopt", folder.Project);

        Assert.True(code == 0, output);
        var applied = Assert.Single(await Tool.QueryAsync(database.Url, "SELECT migration_id FROM \"__EFMigrationsHistory\""));
        Assert.EndsWith("_AsFlaskLeftIt", applied, StringComparison.Ordinal);
        Assert.Equal(["Ann|Ann@Example.com", "bob|bob@example.com"], await Tool.QueryAsync(database.Url, "SELECT username, email FROM users ORDER BY id"));
        Assert.Contains("users: 2 rows", output, StringComparison.Ordinal);
        Assert.Contains("log_lines has no primary key", output, StringComparison.Ordinal);
        Assert.Contains("class User : IAccount", folder.Read("Users/User.cs"), StringComparison.Ordinal);
        Assert.Contains("me.RequireOwnerOrAdmin(row.UserId)", folder.Read("Posts/PostsBlueprint.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain("AllowAnonymous", folder.Read("Posts/PostsBlueprint.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain("Password", folder.Read("Users/UserContracts.cs"), StringComparison.Ordinal);
        Assert.Contains("string Tag", folder.Read("Tags/TagContracts.cs"), StringComparison.Ordinal);
        Assert.Contains("/{post_id:int}/{tag_id:int}", folder.Read("PostTags/PostTagsBlueprint.cs"), StringComparison.Ordinal);
        Assert.Contains("SET disabled_at", folder.ReadMigration("WithAccounts"), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "", "no table alembic_version" },
        { "CREATE TABLE tree (id INTEGER PRIMARY KEY);", "no table alembic_version" },
        { FlaskDatabase.Head, "no table but alembic_version" },
        { FlaskDatabase.Head + Users + "INSERT INTO alembic_version VALUES ('other');", "2 heads" },
        { FlaskDatabase.Head + Users + "DELETE FROM alembic_version;", "alembic_version is empty" },
        { FlaskDatabase.Head + Users + "CREATE TABLE place (id INTEGER PRIMARY KEY, at GEOMETRY);", "place.at is GEOMETRY" },
        { FlaskDatabase.Head + Users + "CREATE TABLE sessions (id INTEGER PRIMARY KEY);", "sessions has the name" },
        { FlaskDatabase.Head + Users + "CREATE TABLE \"__EFMigrationsHistory\" (migration_id TEXT PRIMARY KEY);", "adopted before" },
        { FlaskDatabase.Head + "CREATE TABLE day (id INTEGER PRIMARY KEY, at DATE); INSERT INTO day (at) VALUES ('soon');", "not of the type of its column" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_not_whole_or_not_of_Flask_is_refused_in_one_line_and_nothing_is_written(string sql, string reason)
    {
        using var folder = new AdoptFolder();
        var file = Path.Combine(folder.Path, "site.db");
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"CREATE TABLE something_first (id INTEGER); DROP TABLE something_first; {sql}";
            await command.ExecuteNonQueryAsync();
        }

        var before = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file)));

        var (code, output) = await Tool.RunAsync($"sqlite:///{file}", "db", "adopt", folder.Project);

        Assert.True(code == 1, output);
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', output.TrimEnd('\n'));
        Assert.Equal(["site.db"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Equal(before, Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file))));
    }

    public static TheoryData<string, string> Injected
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var text in (string[])
                ["a\nclass Evil;", "a\u2028class Evil;", "a\u0085b", "a</summary>", "a{System.Environment.Exit(3)}", "a\\", "a:b", "a(b", "a;b", "a&b"])
            {
                var name = $"\"{text}\"";
                data.Add("table", $"CREATE TABLE {name} (id INTEGER PRIMARY KEY);");
                data.Add("column", $"CREATE TABLE one (id INTEGER PRIMARY KEY, {name} TEXT);");
                data.Add("column", $"CREATE TABLE one (id INTEGER, {name} INTEGER, PRIMARY KEY (id, {name}));");
                data.Add("index", $"CREATE TABLE one (id INTEGER PRIMARY KEY, two TEXT); CREATE INDEX {name} ON one (two);");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Injected))]
    public async Task A_name_that_could_be_code_is_refused_in_one_line_and_nothing_is_written(string kind, string sql)
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Head + Users + sql);
        using var folder = new AdoptFolder();

        var output = await Tool.FailsAsync(database.Url, "db", "adopt", folder.Project);

        Assert.StartsWith($"The {kind} \"a", output[output.IndexOf("The ", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("has a character other than letters", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', output.TrimEnd('\n'));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("CREATE TABLE \"..\" (id INTEGER PRIMARY KEY);")]
    [InlineData("CREATE TABLE one (id INTEGER PRIMARY KEY, \"$\" TEXT);")]
    [InlineData("CREATE TABLE one (id INTEGER PRIMARY KEY, \"--\" TEXT);")]
    public async Task A_name_without_letters_is_refused_and_nothing_is_written(string sql)
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Head + Users + sql);
        using var folder = new AdoptFolder();

        Assert.Contains("has no letter and no digit", await Tool.FailsAsync(database.Url, "db", "adopt", folder.Project), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Defaults_and_checks_are_no_code_either()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Head + Users + """
            CREATE TABLE one (id INTEGER PRIMARY KEY, two TEXT DEFAULT '
            class Evil { /* </summary> */ }', CHECK (two <> '
            class Evil;'));
            """);
        using var folder = new AdoptFolder();

        var (code, output) = await Tool.RunAsync(database.Url, "db", "adopt", folder.Project);

        Assert.True(code == 0, output);
        Assert.All(Directory.EnumerateFiles(folder.Project, "*.cs", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("Evil", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.All(File.ReadLines(Path.Combine(folder.Project, "ADOPTED.md")),
            line => Assert.False(line.TrimStart().StartsWith("class", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Tables_and_columns_may_have_the_names_of_what_the_project_uses()
    {
        string[] names =
        [
            "roles", "role", "tokens", "tasks", "task", "app_db", "system", "string", "program", "stamps", "carafe", "microsoft", "current_user",
            "http_context", "db_set", "db_context", "typed_results", "account", "auth", "results", "list", "key", "column",
            "my-table", "2fa", "größe", "select", "a.b",
        ];
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Head
            + "CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(120) NOT NULL, password VARCHAR(60) NOT NULL, roles TEXT, PRIMARY KEY (id));"
            + string.Concat(names.Select(name => $"CREATE TABLE \"{name}\" (id INTEGER NOT NULL, \"{name}\" TEXT, \"a b$\" TEXT, PRIMARY KEY (id));")));
        using var folder = new AdoptFolder();

        var (code, output) = await Tool.RunAsync(database.Url, "db", "adopt", folder.Project);

        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData("key", "CONSTRAINT \"a\nb\" FOREIGN KEY (up) REFERENCES one (id)")]
    [InlineData("key", "CONSTRAINT \"a{b}\" UNIQUE (up)")]
    [InlineData("key", "CONSTRAINT \"a;b\" UNIQUE (id, up)")]
    public async Task A_key_of_PostgreSQL_that_could_be_code_is_refused(string kind, string sql)
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await Tool.ExecuteAsync(database.Url, $"{FlaskDatabase.Head} CREATE TABLE one (id serial PRIMARY KEY, up integer, {sql});");
        using var folder = new AdoptFolder();

        Assert.Contains($"The {kind} \"a", await Tool.FailsAsync(database.Url, "db", "adopt", folder.Project), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Unknown_types_of_PostgreSQL_are_refused()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Head + "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE day (id serial PRIMARY KEY, mood mood);");
        using var folder = new AdoptFolder();

        var output = await Tool.FailsAsync(database.Url, "db", "adopt", folder.Project);

        Assert.Contains("day.mood is mood", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_role_that_may_only_read_adopts_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        var role = $"reader_{Guid.NewGuid():N}";
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Tables(isSqlite: false)
            + $"CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}; REVOKE CREATE ON SCHEMA public FROM PUBLIC;");
        using var folder = new AdoptFolder();

        var output = await Tool.FailsAsync(new UriBuilder(database.Url) { UserName = role }.Uri.ToString(), "db", "adopt", folder.Project);

        Assert.Contains("permission denied", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("shop", "is not empty", true)]
    [InlineData("system", "means something else", false)]
    [InlineData("carafe", "means something else", false)]
    [InlineData("nowhere/shop", "does not exist", false)]
    public async Task A_folder_that_cannot_be_the_projects_is_refused(string name, string reason, bool isFull)
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await Tool.ExecuteAsync(database.Url, FlaskDatabase.Head + Users);
        using var folder = new AdoptFolder();
        if (isFull)
        {
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName, "kept"), "");
        }

        var output = await Tool.FailsAsync(database.Url, "db", "adopt", Path.Combine(folder.Path, name));

        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.Equal(isFull ? 2 : 0, Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Count());
    }

    // Any app of the kit writes the project; its own tables do not matter.
    internal static CompiledModel Tool { get; } = new(Lab.Source("public class Book { public int Id { get; set; } }", "model.Entity<Book>();"));
}
