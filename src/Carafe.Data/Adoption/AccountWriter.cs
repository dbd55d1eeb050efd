namespace Carafe.Data.Adoption;

/// <summary>Writes the blueprint in which people register and sign in, on the paths that Flask's guides use.</summary>
internal sealed class AccountWriter(string project, AdoptedSchema schema)
{
    private readonly AdoptedAccount? _account = schema.Account;

    private string Entity => _account?.Table.Entity ?? EntityWriter.NewAccount;

    private string Set => _account?.Table.Set ?? "AppUsers";

    // Who has an address signs in with it.
    private bool ByEmail => _account is null || _account.Email is not null;

    private IReadOnlyList<AdoptedColumn> Given => _account is null ? [] : ContractWriter.Inserted(schema, _account.Table);

    public IEnumerable<SourceFile> Write()
    {
        if (_account is null)
        {
            yield return new SourceFile($"Auth/{Entity}.cs", $$"""
                namespace {{project}}.Auth;

                /// <summary>Represents an account.</summary>
                public sealed class {{Entity}} : Account;

                """);
        }

        yield return new SourceFile("Auth/AuthContracts.cs", Contracts());
        yield return new SourceFile("Auth/AuthBlueprint.cs", Blueprint());
    }

    private string Contracts()
    {
        var parameters = _account is null ? "\n    [property: TextLength(1, 254)] string Username,\n    [property: Email] string Email,"
            : string.Concat(ContractWriter.Sorted(Given).Where(column => !column.IsNullable)
                .Select(column => $"\n    {ContractWriter.Parameter(schema, column)},"));
        var optional = string.Concat(Given.Where(column => column.IsNullable).Select(column => $",\n    {ContractWriter.Parameter(schema, column)}"));
        var response = _account is not null ? "" : $$"""

            /// <summary>An account, as its owner sees it.</summary>
            public sealed record {{Entity}}Response(int Id, string Username, string Email)
            {
                public static {{Entity}}Response From({{Entity}} row) => new(row.Id, row.Username, row.Email);
            }

            """;
        return $$"""
            namespace {{project}}.Auth;

            /// <summary>What a newcomer gives.</summary>
            public sealed record RegisterRequest({{parameters}}
                [property: TextLength(1, 1024)] string Password{{optional}});

            /// <summary>What somebody gives to sign in.</summary>
            public sealed record LoginRequest(
                [property: TextLength(1, 254)] string {{(ByEmail ? _account?.Email!.Member ?? "Email" : _account!.Username!.Member)}},
                [property: TextLength(1, 1024)] string Password);
            {{response}}
            """;
    }

    private string Blueprint()
    {
        var folder = _account is null ? "" : $"using {project}.{_account.Table.Folder};\n\n";
        var login = ByEmail ? _account?.Email!.Member ?? "Email" : _account!.Username!.Member;
        var key = ByEmail ? "Email" : "Username";
        var stamps = _account is null ? [] : new[] { _account.Table.Created, _account.Table.Updated }.OfType<AdoptedColumn>().ToList();
        var values = _account is null ? ["Username = request.Username", "Email = request.Email"]
            : Given.Select(column => $"{column.Property} = request.{column.Member}").Concat(stamps.Select(column => $"{column.Property} = time.Stamp()"));
        var named = _account is null ? ["request.Username", "request.Email"]
            : new[] { _account.Username, _account.Email }.Select(column => column is null || !Given.Contains(column) ? "\"\""
                : column.IsNullable ? $"request.{column.Member} ?? \"\"" : $"request.{column.Member}");
        var kept = _account is null ? "login.Email.Trim().ToLowerInvariant()" : $"login.{login}.Trim()";
        return $$"""
            {{folder}}namespace {{project}}.Auth;

            /// <summary>Anyone may register, sign in and refresh; the rest is about the account that calls.</summary>
            public sealed class AuthBlueprint : IBlueprint
            {
                public static string Name => "auth";

                public static void Map(RouteGroupBuilder auth)
                {
                    auth.WithBodyLimit(8 * 1024);
                    auth.MapPost("/register", Register).AllowAnonymous().ProducesErrors(409);
                    auth.MapPost("/login", Login).AllowAnonymous();
                    auth.MapPost("/refresh", Refresh).AllowAnonymous().WithMetadata(new BearerMetadata { Refresh = true });
                    auth.MapPost("/logout", Logout).AllowAnonymous().WithMetadata(new BearerMetadata());
                    auth.MapGet("/me", Me);
                }

                /// <summary>Make an account.</summary>
                internal static async Task<Created<{{Entity}}Response>> Register(
                    RegisterRequest request, AppDb db, PasswordService passwords, {{(stamps.Count > 0 ? "TimeProvider time, " : "")}}CancellationToken stop)
                {
                    passwords.RequireGood(request.Password, {{string.Join(", ", named)}});
                    var row = new {{Entity}} { {{string.Join(", ", values)}} };
                    row.PasswordHash = await passwords.HashAsync(request.Password, stop);
                    db.{{Set}}.Add(row);
                    await db.SaveChangesAsync(stop);

                    return TypedResults.Created("/auth/me", {{Entity}}Response.From(row));
                }

                /// <summary>Sign in. An unknown account, a wrong password and a disabled account get the same response.</summary>
                internal static async Task<Ok<TokenPair>> Login(
                    LoginRequest login, AppDb db, LoginService logins, SessionManager sessions, HttpContext context)
                {
                    var name = {{kept}};
                    var row = await logins.VerifyAsync(await db.{{Set}}.FirstOrDefaultAsync(row => row.{{key}} == name), name, login.Password, context);

                    return TypedResults.Ok(await sessions.StartAsync(row, context));
                }

                /// <summary>Exchange a refresh token, sent as Bearer, for a new pair. Each is good once; one that is sent again ends its session.</summary>
                internal static async Task<Ok<TokenPair>> Refresh(SessionManager sessions, HttpContext context) =>
                    TypedResults.Ok(await sessions.RefreshAsync(context));

                /// <summary>Sign out: this session's tokens stop working at once.</summary>
                internal static async Task<NoContent> Logout(SessionManager sessions, HttpContext context)
                {
                    await sessions.LogoutAsync(context);
                    return TypedResults.NoContent();
                }

                /// <summary>Fetch the account that calls.</summary>
                internal static async Task<Ok<{{Entity}}Response>> Me(CurrentUser me, AppDb db) =>
                    TypedResults.Ok({{Entity}}Response.From(await db.{{Set}}.FindOr404Async(me.Id)));
            }

            """;
    }
}
