using System.Security.Cryptography;
using System.Text;

namespace Floor;

/// <summary>The calls that write.</summary>
public sealed class Writes(Readers readers, Writer writer, Tokens tokens, TimeProvider clock)
{
    private const int Iterations = 210_000;

    public void Map(WebApplication app)
    {
        app.MapPost("/posts", CreatePost);
        app.MapPost("/auth/register", Register);
        app.MapPost("/auth/login", Login);
    }

    private async Task CreatePost(HttpContext context)
    {
        if (tokens.Check(context) is not { } caller || !Alive(caller.Session))
        {
            await Answers.Refuse(context, 401, "Unauthorized", "A valid access token is required");
            return;
        }

        if (await Answers.ReadAsync(context, Json.Default.PostInput) is not { Title.Length: > 0 and <= 200, Body.Length: > 0 and <= 65_536 } input)
        {
            await Answers.Refuse(context, 400, "Bad Request", "title and body are required");
            return;
        }

        var now = Times.Stored(clock.GetUtcNow());
        var id = (int)await writer.WriteAsync(statements => Statements.Insert(statements.Post, input.Title!, input.Body!, caller.User, now));
        context.Response.Headers.Location = $"/posts/{id}";
        await Answers.Send(context, new PostDto(id, input.Title!, input.Body!, caller.User, Times.Rfc3339(now), Times.Rfc3339(now)), Json.Default.PostDto, 201);
    }

    private async Task Register(HttpContext context)
    {
        if (await Answers.ReadAsync(context, Json.Default.RegisterInput) is not { Username.Length: > 0 and <= 80, Email.Length: > 2
            and <= 254, Password.Length: >= 8 and <= 128 } input)
        {
            await Answers.Refuse(context, 400, "Bad Request", "username, email and password are required");
            return;
        }

        var email = input.Email!.ToLowerInvariant();
        var now = Times.Stored(clock.GetUtcNow());
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = $"{Convert.ToHexString(salt)}${Convert.ToHexString(await Task.Run(() => Hash(input.Password!, salt)))}";
        try
        {
            var id = (int)await writer.WriteAsync(statements => Statements.Insert(statements.User, input.Username!, email, hash, now));
            context.Response.Headers.Location = $"/users/{id}";
            await Answers.Send(context, new AccountDto(id, input.Username!, email, Times.Rfc3339(now)), Json.Default.AccountDto, 201);
        }
        catch (SqliteException)
        {
            await Answers.Refuse(context, 409, "Conflict", "Username or email taken");
        }
    }

    private async Task Login(HttpContext context)
    {
        var input = await Answers.ReadAsync(context, Json.Default.LoginInput);
        if (input is not { Email: not null, Password: not null } || Find(input.Email.ToLowerInvariant()) is not var (user, stored)
            || !await Task.Run(() => Verify(input.Password, stored)))
        {
            await Answers.Refuse(context, 401, "Unauthorized", "Invalid credentials");
            return;
        }

        var session = Guid.NewGuid().ToString();
        var now = Times.Stored(clock.GetUtcNow());
        await writer.WriteAsync(statements => Statements.Insert(statements.Login, session, user, now));
        var pair = new TokenPair(tokens.Make(user, session, "access", TimeSpan.FromMinutes(15)), tokens.Make(user, session, "refresh", TimeSpan.FromDays(30)),
            "Bearer", 900);
        await Answers.Send(context, pair, Json.Default.TokenPair);
    }

    private bool Alive(string session)
    {
        var reader = readers.Rent();
        reader.Account.Parameters[0].Value = session;
        bool found;
        using (var row = reader.Account.ExecuteReader())
        {
            found = row.Read();
        }

        readers.Return(reader);
        return found;
    }

    private (int User, string Hash)? Find(string email)
    {
        var reader = readers.Rent();
        reader.Login.Parameters[0].Value = email;
        (int, string)? found = null;
        using (var row = reader.Login.ExecuteReader())
        {
            if (row.Read())
            {
                found = (row.GetInt32(0), row.GetString(1));
            }
        }

        readers.Return(reader);
        return found;
    }

    private static byte[] Hash(string password, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA512, 32);

    private static bool Verify(string password, string stored)
    {
        var parts = stored.Split('$');
        return CryptographicOperations.FixedTimeEquals(Hash(password, Convert.FromHexString(parts[0])), Convert.FromHexString(parts[1]));
    }
}
