using System.Collections.Concurrent;

namespace Floor;

/// <summary>A connection that stays open with statements that stay prepared.</summary>
public class Session : IDisposable
{
    private readonly SqliteConnection _connection;

    public Session(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384;");
    }

    public void Run(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    public SqliteCommand Prepare(string text, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, null));
        }

        return command;
    }

    public void Dispose()
    {
        _connection.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What one reader can ask.</summary>
public sealed class Reader : Session
{
    public Reader(string path)
        : base(path)
    {
        User = Prepare("SELECT id, username, created_at FROM users WHERE id = $id", "$id");
        Account = Prepare(
            "SELECT u.id, u.username, u.email, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $session", "$session");
        Login = Prepare("SELECT id, password_hash FROM users WHERE email = $email", "$email");
        CountUsers = Prepare("SELECT count(*) FROM users");
        CountPosts = Prepare("SELECT count(*) FROM posts");
        Users = Prepare("SELECT id, username, created_at FROM users ORDER BY created_at DESC, id DESC LIMIT $limit OFFSET $skip", "$limit", "$skip");
        // The rows to skip are walked in the index alone.
        Posts = Prepare(
            "SELECT p.id, p.title, p.body, p.user_id, p.created_at, p.updated_at FROM "
            + "(SELECT id FROM posts ORDER BY created_at DESC, id DESC LIMIT $limit OFFSET $skip) AS page JOIN posts p ON p.id = page.id "
            + "ORDER BY p.created_at DESC, p.id DESC", "$limit", "$skip");
        PostsAfter = Prepare(
            "SELECT id, title, body, user_id, created_at, updated_at FROM posts WHERE (created_at, id) < ($time, $id) "
            + "ORDER BY created_at DESC, id DESC LIMIT $limit", "$time", "$id", "$limit");
    }

    public SqliteCommand User { get; }

    public SqliteCommand Account { get; }

    public SqliteCommand Login { get; }

    public SqliteCommand CountUsers { get; }

    public SqliteCommand CountPosts { get; }

    public SqliteCommand Users { get; }

    public SqliteCommand Posts { get; }

    public SqliteCommand PostsAfter { get; }
}

/// <summary>Readers to rent: as many are made as are ever used at once.</summary>
public sealed class Readers(string path)
{
    private readonly ConcurrentBag<Reader> _idle = [];

    public Reader Rent() => _idle.TryTake(out var reader) ? reader : new Reader(path);

    public void Return(Reader reader) => _idle.Add(reader);
}
