using Carafe.Tests.Data.Migrations;

namespace Carafe.Tests.Data.Adoption;

/// <summary>Who reads and writes what <c>db adopt</c> found, and which tokens it accepts. What it wrote compiles, or it would have refused.</summary>
public sealed class AdoptAccessTests
{
    private const string Users = FlaskDatabase.Head + """
        CREATE TABLE users (id INTEGER NOT NULL, username VARCHAR(80) NOT NULL, email VARCHAR(120) NOT NULL, password_hash VARCHAR(256) NOT NULL,
          role_id INTEGER NOT NULL, balance NUMERIC(10, 2) NOT NULL, bio TEXT NOT NULL, totp_secret VARCHAR(32) NOT NULL, avatar BLOB NOT NULL,
          is_admin BOOLEAN NOT NULL, created_at DATETIME, PRIMARY KEY (id));
        """;

    [Theory]
    [InlineData("password_resets", "token VARCHAR(64) NOT NULL, PRIMARY KEY (token)")]
    [InlineData("staff", "id INTEGER NOT NULL, login TEXT, password_hash TEXT, PRIMARY KEY (id)")]
    [InlineData("settings", "id INTEGER NOT NULL, name TEXT, PRIMARY KEY (id)")]
    [InlineData("pairs", "a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b)")]
    public async Task A_table_that_belongs_to_nobody_is_for_admins(string table, string columns)
    {
        using var folder = await AdoptAsync($"{Users} CREATE TABLE {table} ({columns});");

        var maps = Lines(folder, "*Blueprint.cs", $"\"{table.Replace('_', '-')}\"")
            .Where(line => line.Contains("group.Map", StringComparison.Ordinal)).ToList();
        Assert.True(maps.Count >= 3, string.Join('\n', maps));
        Assert.All(maps, line => Assert.Contains(".RequireAdmin()", line, StringComparison.Ordinal));
        Assert.Contains($"{table} belongs to nobody: only admins", folder.Read("ADOPTED.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_id INTEGER NOT NULL", "user_id")]
    [InlineData("reader INTEGER", "reader")]
    public async Task An_owner_reads_no_row_but_their_own(string column, string name)
    {
        using var folder = await AdoptAsync(
            $"{Users} CREATE TABLE notes (id INTEGER NOT NULL, body TEXT, {column}, PRIMARY KEY (id), FOREIGN KEY({name}) REFERENCES users (id));");

        var blueprint = folder.Read("Notes/NotesBlueprint.cs");
        var property = name == "user_id" ? "UserId" : "Reader";
        Assert.Contains($"db.Notes.Where(row => me.IsAdmin || row.{property} == me.Id)", blueprint, StringComparison.Ordinal);
        Assert.Contains("NoteResponse.From(await FindAsync(id, db, me, stop))", blueprint, StringComparison.Ordinal);
        Assert.Contains($"me.RequireOwnerOrAdmin(row.{property}", blueprint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("passwd")]
    [InlineData("pin_hash")]
    [InlineData("reset_token")]
    [InlineData("client_secret")]
    [InlineData("otp_code")]
    [InlineData("salt")]
    [InlineData("API_KEY")]
    [InlineData("private_note")]
    public async Task What_is_secret_by_its_name_is_in_no_request_and_no_response(string column)
    {
        using var folder = await AdoptAsync(
            $"{Users} CREATE TABLE things (id INTEGER NOT NULL, name TEXT, {column} TEXT, user_id INTEGER REFERENCES users (id), PRIMARY KEY (id));"
            + $"CREATE TABLE needs (id INTEGER NOT NULL, name TEXT, {column} TEXT NOT NULL, PRIMARY KEY (id)); ALTER TABLE users ADD x_{column} TEXT;");

        var property = string.Concat(column.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()));
        foreach (var file in (string[])["Things/ThingContracts.cs", "Needs/NeedContracts.cs", "Users/UserContracts.cs"])
        {
            Assert.DoesNotContain($" {property}", folder.Read(file), StringComparison.Ordinal);
            Assert.DoesNotContain($" X{property}", folder.Read(file), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("MapPost", folder.Read("Needs/NeedsBlueprint.cs"), StringComparison.Ordinal);
        Assert.Contains($"things has what may be secret by its name ({column})", folder.Read("ADOPTED.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_gives_its_name_address_and_password_and_the_rest_is_for_admins()
    {
        using var folder = await AdoptAsync(Users);
        var contracts = folder.Read("Users/UserContracts.cs");
        var own = Record(contracts, "UserRequest");
        var register = Record(folder.Read("Auth/AuthContracts.cs"), "RegisterRequest");
        var admin = Record(contracts, "UserAdminRequest");

        Assert.Equal(["Email", "Username"], own);
        Assert.Equal(["Email", "Password", "Username"], register);
        Assert.Equal(["Avatar", "Balance", "Bio", "RoleId"], admin);
        Assert.Contains("MapPut(\"/{id:int}/admin\", AdministerUser).RequireAdmin()", folder.Read("Users/UsersBlueprint.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain("Totp", contracts, StringComparison.Ordinal);
        Assert.Contains("users.role_id may not be null", folder.Read("ADOPTED.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "CREATE TABLE active_tokens (id INTEGER PRIMARY KEY, jti TEXT); CREATE TABLE token_blocklist (id INTEGER PRIMARY KEY, jti TEXT);", "TokenBlocklists")]
    [InlineData("CREATE TABLE revoked_tokens (id INTEGER PRIMARY KEY, jti TEXT);", "RevokedTokens")]
    [InlineData("CREATE TABLE jwt_blacklist (id INTEGER PRIMARY KEY, JTI TEXT);", "JwtBlacklists")]
    public async Task The_list_of_revoked_tokens_is_known_by_its_name(string sql, string set)
    {
        using var folder = await AdoptAsync(Users + sql);

        Assert.Contains($"(db, jti, stop) => db.{set}.AnyAsync(row => row.Jti == jti, stop)", folder.Read("ApiFactory.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE active_tokens (id INTEGER PRIMARY KEY, jti TEXT);")]
    [InlineData("CREATE TABLE token_blocklist (id INTEGER PRIMARY KEY, jti TEXT); CREATE TABLE revoked (id INTEGER PRIMARY KEY, jti TEXT);")]
    [InlineData("CREATE TABLE token_blocklist (id INTEGER PRIMARY KEY, jti INTEGER);")]
    [InlineData("CREATE TABLE token_blocklist (id INTEGER PRIMARY KEY, token TEXT);")]
    [InlineData("CREATE TABLE token_blocklist (jti TEXT);")]
    [InlineData("CREATE TABLE token_blocklist (id INTEGER PRIMARY KEY, token_jti TEXT);")]
    public async Task In_doubt_about_the_revoked_tokens_none_of_Flask_is_accepted(string sql)
    {
        using var folder = await AdoptAsync(Users + sql);

        Assert.DoesNotContain("builder.Services.AddFlaskTokens", folder.Read("ApiFactory.cs"), StringComparison.Ordinal);
        Assert.Contains("No token of Flask is accepted", folder.Read("ADOPTED.md"), StringComparison.Ordinal);
    }

    private static async Task<AdoptFolder> AdoptAsync(string sql)
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await AdoptTests.Tool.ExecuteAsync(database.Url, sql);
        var folder = new AdoptFolder();
        var (code, output) = await AdoptTests.Tool.RunAsync(database.Url, "db", "adopt", folder.Project);
        Assert.True(code == 0, output);
        return folder;
    }

    private static string[] Lines(AdoptFolder folder, string pattern, string text) =>
        File.ReadAllLines(Directory.EnumerateFiles(folder.Project, pattern, SearchOption.AllDirectories)
            .Single(file => File.ReadAllText(file).Contains($"Name => {text};", StringComparison.Ordinal)));

    // The names of a record's parameters, sorted.
    private static IEnumerable<string> Record(string text, string name)
    {
        var start = text.IndexOf($"record {name}(", StringComparison.Ordinal);
        var lines = text[start..].Split('\n').Skip(1).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal));
        return lines.Select(line => line.Split(" = ")[0].Trim().TrimEnd(',', ')', ';').Split(' ')[^1]).Order(StringComparer.Ordinal);
    }
}
