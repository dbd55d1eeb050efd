namespace MyApi.Posts;

/// <summary>Anyone may read, anyone signed in may write, only the author or an admin may change.</summary>
public sealed class PostsBlueprint : IBlueprint
{
    public static string Name => "posts";

    public static void Map(RouteGroupBuilder posts)
    {
        posts.WithETag();
        posts.MapGet("/", ListPosts).AllowAnonymous();
        posts.MapGet("/{id:int}", GetPost).AllowAnonymous();
        posts.MapPost("/", CreatePost).WithIdempotency().ProducesErrors(403);
        posts.MapPut("/{id:int}", UpdatePost);
        posts.MapPatch("/{id:int}", PatchPost);
        posts.MapDelete("/{id:int}", DeletePost);
    }

    /// <summary>List posts, newest first.</summary>
    internal static async Task<Ok<Paged<PostResponse>>> ListPosts(PageQuery page, AppDb db) =>
        TypedResults.Ok(await db.Posts.NewestFirst().ToPageAsync(page, PostResponse.FromRow));

    /// <summary>Fetch one post.</summary>
    internal static async Task<Ok<PostResponse>> GetPost(int id, AppDb db) => TypedResults.Ok(await db.Posts.FindOr404Async(id, PostResponse.FromRow));

    /// <summary>Write a post.</summary>
    internal static async Task<Created<PostResponse>> CreatePost(
        PostRequest request, AppDb db, Quota quota, CurrentUser me, CancellationToken cancellationToken)
    {
        await using var turn = await quota.TakeTurnAsync(me.Id, cancellationToken);
        await quota.RequireRoomForPostAsync(me.Id, cancellationToken);
        var post = new Post { Title = request.Title, Body = request.Body, UserId = me.Id };
        db.Posts.Add(post);
        await db.SaveChangesAsync(cancellationToken);
        await turn.CommitAsync(cancellationToken);

        return TypedResults.Created($"/posts/{post.Id}", PostResponse.From(post));
    }

    /// <summary>Replace a post's title and body.</summary>
    internal static async Task<Ok<PostResponse>> UpdatePost(
        int id, PostRequest request, AppDb db, CurrentUser me, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var post = await MineAsync(id, db, me, preconditions);
        request.CopyTo(post);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(PostResponse.From(post));
    }

    /// <summary>Change a post's title or body; absent members stay as they are.</summary>
    internal static async Task<Ok<PostResponse>> PatchPost(
        int id, MergePatch<PostRequest> patch, AppDb db, CurrentUser me, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var post = await MineAsync(id, db, me, preconditions);
        (await patch.ApplyToAsync(PostRequest.From(post))).CopyTo(post);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(PostResponse.From(post));
    }

    /// <summary>Delete a post.</summary>
    internal static async Task<NoContent> DeletePost(int id, AppDb db, CurrentUser me, Preconditions preconditions, CancellationToken cancellationToken)
    {
        db.Posts.Remove(await MineAsync(id, db, me, preconditions));
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.NoContent();
    }

    private static async Task<Post> MineAsync(int id, AppDb db, CurrentUser me, Preconditions preconditions)
    {
        var post = await db.Posts.FindOr404Async(id);
        me.RequireOwnerOrAdmin(post.UserId);
        preconditions.ThrowIfFailed(post.Version);
        return post;
    }
}
