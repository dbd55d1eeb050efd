using System.Globalization;
using System.Security.Claims;
using FastEndpoints;

namespace Peer.Users;

public sealed class Healthz : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/healthz");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => Send.OkAsync(new { Status = "ok" }, ct);
}

public sealed class PageRequest
{
    [QueryParam]
    public int Page { get; set; } = 1;

    [QueryParam]
    public int Limit { get; set; } = 20;

    [QueryParam]
    public string? After { get; set; }
}

public sealed class ListUsers(AppDb db) : Endpoint<PageRequest, UserPage>
{
    public override void Configure()
    {
        Get("/users");
        AllowAnonymous();
    }

    public override async Task HandleAsync(PageRequest req, CancellationToken ct)
    {
        var total = await db.Users.CountAsync(ct);
        var users = await db.Users.AsNoTracking().OrderByDescending(user => user.CreatedAt).ThenByDescending(user => user.Id)
            .Skip((req.Page - 1) * req.Limit).Take(req.Limit).Select(UserResponse.FromRow).ToListAsync(ct);
        var pages = (total + req.Limit - 1) / req.Limit;
        HttpContext.Response.Headers.Link = Paging.Links("/users", req.Page, req.Limit, pages);
        await Send.OkAsync(new UserPage(users, total, req.Page, pages), ct);
    }
}

public sealed class GetUser(AppDb db) : EndpointWithoutRequest<UserResponse>
{
    public override void Configure()
    {
        Get("/users/{id:int}");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        if (await db.Users.FindAsync([Route<int>("id")], ct) is { } user)
        {
            await Send.OkAsync(new UserResponse(user.Id, user.Username, user.CreatedAt), ct);
            return;
        }

        await Send.NotFoundAsync(ct);
    }
}

public sealed class Me(AppDb db) : EndpointWithoutRequest<AccountResponse>
{
    public override void Configure() => Get("/auth/me");

    public override async Task HandleAsync(CancellationToken ct)
    {
        var id = int.Parse(User.FindFirstValue("sub")!, CultureInfo.InvariantCulture);
        if (await db.Users.FindAsync([id], ct) is { } user)
        {
            await Send.OkAsync(new AccountResponse(user.Id, user.Username, user.Email, user.CreatedAt), ct);
            return;
        }

        await Send.UnauthorizedAsync(ct);
    }
}
