using System.Globalization;
using System.Security.Claims;
using FastEndpoints;
using FluentValidation;
using Peer.Users;

namespace Peer.Posts;

public sealed class ListPosts(AppDb db) : Endpoint<PageRequest>
{
    public override void Configure()
    {
        Get("/posts");
        AllowAnonymous();
    }

    public override async Task HandleAsync(PageRequest req, CancellationToken ct)
    {
        var newest = db.Posts.AsNoTracking().OrderByDescending(post => post.CreatedAt).ThenByDescending(post => post.Id);
        // The binder leaves an empty value out, and an empty cursor is the first page.
        if (HttpContext.Request.Query.ContainsKey("after"))
        {
            IQueryable<Post> rest = newest;
            if (!string.IsNullOrEmpty(req.After))
            {
                var (time, id) = Paging.Parse(req.After);
                rest = newest.Where(post => post.CreatedAt < time || (post.CreatedAt == time && post.Id < id));
            }

            var found = await rest.Take(req.Limit + 1).Select(PostResponse.FromRow).ToListAsync(ct);
            var next = found.Count > req.Limit ? Paging.Cursor(found[req.Limit - 1]) : null;
            await Send.OkAsync(new PostCursorPage(found.Take(req.Limit).ToList(), next), ct);
            return;
        }

        var total = await db.Posts.CountAsync(ct);
        var posts = await newest.Skip((req.Page - 1) * req.Limit).Take(req.Limit).Select(PostResponse.FromRow).ToListAsync(ct);
        var pages = (total + req.Limit - 1) / req.Limit;
        HttpContext.Response.Headers.Link = Paging.Links("/posts", req.Page, req.Limit, pages);
        await Send.OkAsync(new PostPage(posts, total, req.Page, pages), ct);
    }
}

public sealed class PostRules : Validator<PostRequest>
{
    public PostRules()
    {
        RuleFor(post => post.Title).NotEmpty().MaximumLength(200);
        RuleFor(post => post.Body).NotEmpty().MaximumLength(65_536);
    }
}

public sealed class CreatePost(AppDb db, TimeProvider clock) : Endpoint<PostRequest, PostResponse>
{
    public override void Configure() => Post("/posts");

    public override async Task HandleAsync(PostRequest req, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var post = new Post
        {
            Title = req.Title,
            Body = req.Body,
            UserId = int.Parse(User.FindFirstValue("sub")!, CultureInfo.InvariantCulture),
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Posts.Add(post);
        await db.SaveChangesAsync(ct);
        HttpContext.Response.Headers.Location = $"/posts/{post.Id}";
        await Send.ResponseAsync(new PostResponse(post.Id, post.Title, post.Body, post.UserId, post.CreatedAt, post.UpdatedAt), 201, ct);
    }
}
