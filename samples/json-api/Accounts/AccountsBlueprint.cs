using JsonApi.Documents;

namespace JsonApi.Accounts;

/// <summary>Anyone may register; an account is seen by its owner.</summary>
public sealed class AccountsBlueprint : IBlueprint
{
    public static string Name => "accounts";

    public static void Map(RouteGroupBuilder accounts)
    {
        accounts.MapPost("/", Register).AllowAnonymous().ProducesErrors(409);
        accounts.MapGet("/{id:int}", GetAccount);
    }

    /// <summary>Make an account.</summary>
    internal static async Task<Created<Document<AccountResource>>> Register(Document<NewAccount> body, AppDb db, PasswordService passwords)
    {
        ResourceId.Require(body.Data.Type, AccountResource.TypeName);
        var given = body.Data.Attributes;
        passwords.RequireGood(given.Password, given.Username, given.Email);
        var user = new User { Username = given.Username, Email = given.Email, PasswordHash = await passwords.HashAsync(given.Password) };
        db.Users.Add(user);
        await db.SaveChangesAsync();

        return TypedResults.Created($"/accounts/{user.Id}", Document.Of(AccountResource.From(user)));
    }

    /// <summary>Fetch your own account.</summary>
    internal static async Task<Ok<Document<AccountResource>>> GetAccount(int id, AppDb db, CurrentUser me)
    {
        me.RequireOwnerOrAdmin(id);
        return TypedResults.Ok(Document.Of(AccountResource.From(await db.Users.FindOr404Async(id))));
    }
}
