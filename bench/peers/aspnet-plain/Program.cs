using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

var builder = WebApplication.CreateBuilder(args);
builder.AddPeer();
builder.Services.AddValidation();
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();

app.MapGet("/healthz", () => TypedResults.Ok(new { Status = "ok" }));

app.MapGet("/users", async (AppDb db, HttpContext context, int page = 1, int limit = 20) =>
{
    limit = Math.Clamp(limit, 1, 100);
    var total = await db.Users.CountAsync();
    var users = await db.Users.AsNoTracking().OrderByDescending(user => user.CreatedAt).ThenByDescending(user => user.Id)
        .Skip((page - 1) * limit).Take(limit).Select(UserResponse.FromRow).ToListAsync();
    var pages = (total + limit - 1) / limit;
    context.Response.Headers.Link = Paging.Links("/users", page, limit, pages);
    return TypedResults.Ok(new UserPage(users, total, page, pages));
});

app.MapGet("/users/{id:int}", async Task<Results<Ok<UserResponse>, NotFound<ErrorResponse>>> (int id, AppDb db) =>
    await db.Users.FindAsync(id) is { } user
        ? TypedResults.Ok(new UserResponse(user.Id, user.Username, user.CreatedAt))
        : TypedResults.NotFound(new ErrorResponse("Not Found", $"User {id} not found", 404)));

app.MapGet("/posts",
    async Task<Results<Ok<PostPage>, Ok<PostCursorPage>>> (AppDb db, HttpContext context, int page = 1, int limit = 20, string? after = null) =>
{
    limit = Math.Clamp(limit, 1, 100);
    var newest = db.Posts.AsNoTracking().OrderByDescending(post => post.CreatedAt).ThenByDescending(post => post.Id);
    if (after is not null)
    {
        IQueryable<Post> rest = newest;
        if (after.Length > 0)
        {
            var (time, id) = Paging.Parse(after);
            rest = newest.Where(post => post.CreatedAt < time || (post.CreatedAt == time && post.Id < id));
        }

        var found = await rest.Take(limit + 1).Select(PostResponse.FromRow).ToListAsync();
        var next = found.Count > limit ? Paging.Cursor(found[limit - 1]) : null;
        return TypedResults.Ok(new PostCursorPage(found.Take(limit).ToList(), next));
    }

    var total = await db.Posts.CountAsync();
    var posts = await newest.Skip((page - 1) * limit).Take(limit).Select(PostResponse.FromRow).ToListAsync();
    var pages = (total + limit - 1) / limit;
    context.Response.Headers.Link = Paging.Links("/posts", page, limit, pages);
    return TypedResults.Ok(new PostPage(posts, total, page, pages));
});

app.MapPost("/posts", async (PostRequest request, AppDb db, ClaimsPrincipal caller, TimeProvider clock) =>
{
    var now = clock.GetUtcNow().UtcDateTime;
    var post = new Post
    {
        Title = request.Title,
        Body = request.Body,
        UserId = int.Parse(caller.FindFirstValue("sub")!, CultureInfo.InvariantCulture),
        CreatedAt = now,
        UpdatedAt = now,
    };
    db.Posts.Add(post);
    await db.SaveChangesAsync();
    return TypedResults.Created($"/posts/{post.Id}", new PostResponse(post.Id, post.Title, post.Body, post.UserId, post.CreatedAt, post.UpdatedAt));
}).RequireAuthorization();

app.MapPost("/auth/register",
    async Task<Results<Created<AccountResponse>, Conflict<ErrorResponse>>> (
    RegisterRequest request, AppDb db, IPasswordHasher<User> hasher, TimeProvider clock) =>
{
    var user = new User { Username = request.Username, Email = request.Email.ToLowerInvariant(), CreatedAt = clock.GetUtcNow().UtcDateTime };
    user.PasswordHash = hasher.HashPassword(user, request.Password);
    db.Users.Add(user);
    try
    {
        await db.SaveChangesAsync();
    }
    catch (DbUpdateException)
    {
        return TypedResults.Conflict(new ErrorResponse("Conflict", "Username or email taken", 409));
    }

    return TypedResults.Created($"/users/{user.Id}", new AccountResponse(user.Id, user.Username, user.Email, user.CreatedAt));
});

app.MapPost("/auth/login",
    async Task<Results<Ok<TokenPair>, UnauthorizedHttpResult>> (
    LoginRequest request, AppDb db, IPasswordHasher<User> hasher, IConfiguration configuration, TimeProvider clock) =>
{
    var email = request.Email.ToLowerInvariant();
    var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Email == email);
    return user is null || hasher.VerifyHashedPassword(user, user.PasswordHash, request.Password) == PasswordVerificationResult.Failed
        ? TypedResults.Unauthorized()
        : TypedResults.Ok(Tokens.For(user, configuration, clock.GetUtcNow().UtcDateTime));
});

app.MapGet("/auth/me", async Task<Results<Ok<AccountResponse>, UnauthorizedHttpResult>> (ClaimsPrincipal caller, AppDb db) =>
    await db.Users.FindAsync(int.Parse(caller.FindFirstValue("sub")!, CultureInfo.InvariantCulture)) is { } user
        ? TypedResults.Ok(new AccountResponse(user.Id, user.Username, user.Email, user.CreatedAt))
        : TypedResults.Unauthorized()).RequireAuthorization();

app.Run();
