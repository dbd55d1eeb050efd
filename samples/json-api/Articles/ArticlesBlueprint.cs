using JsonApi.Accounts;
using JsonApi.Documents;
using Microsoft.AspNetCore.Mvc;

namespace JsonApi.Articles;

/// <summary>Anyone may read, anyone signed in may write and like, only the author or an admin may change.</summary>
public sealed class ArticlesBlueprint : IBlueprint
{
    public static string Name => "articles";

    public static void Map(RouteGroupBuilder articles)
    {
        articles.MapGet("/", ListArticles).AllowAnonymous();
        articles.MapGet("/{id:int}", GetArticle).AllowAnonymous();
        articles.MapPost("/", CreateArticle).ProducesErrors(409);
        articles.MapPatch("/{id:int}", ChangeArticle).ProducesErrors(403, 409);
        articles.MapDelete("/{id:int}", DeleteArticle).ProducesErrors(403);
        articles.MapPost("/{id:int}/relationships/fans", AddFans).ProducesErrors(403, 409);
        articles.MapDelete("/{id:int}/relationships/fans", RemoveFans).ProducesErrors(403, 409);
    }

    /// <summary>List articles.</summary>
    internal static async Task<Ok<ListDocument<ArticleResource>>> ListArticles(PageQuery page, ArticleList list, AppDb db) =>
        TypedResults.Ok(Document.Of(await db.Articles.Apply(list).ToPageAsync(page, ArticleResource.FromRow)));

    /// <summary>Fetch an article.</summary>
    internal static async Task<Ok<Document<ArticleResource>>> GetArticle(int id, AppDb db) =>
        TypedResults.Ok(Document.Of(await db.Articles.FindOr404Async(id, ArticleResource.FromRow)));

    /// <summary>Write an article.</summary>
    internal static async Task<Created<Document<ArticleResource>>> CreateArticle(Document<NewArticle> body, AppDb db, CurrentUser me)
    {
        ResourceId.Require(body.Data.Type, ArticleResource.TypeName);
        var article = new Article { Title = body.Data.Attributes.Title, Body = body.Data.Attributes.Body, AuthorId = me.Id };
        db.Articles.Add(article);
        await db.SaveChangesAsync();

        return TypedResults.Created($"/articles/{article.Id}", Document.Of(ArticleResource.From(article)));
    }

    /// <summary>Change an article; absent attributes stay as they are.</summary>
    internal static async Task<Ok<Document<ArticleResource>>> ChangeArticle(int id, MergePatch<Document<ArticleChange>> patch, AppDb db, CurrentUser me)
    {
        var article = await MineAsync(id, db, me);
        var change = (await patch.ApplyToAsync(new(ArticleChange.From(article)))).Data;
        ResourceId.Require(change.Type, ArticleResource.TypeName, change.Id, id);
        (article.Title, article.Body) = (change.Attributes.Title, change.Attributes.Body);
        await db.SaveChangesAsync();

        return TypedResults.Ok(Document.Of(ArticleResource.From(article)));
    }

    /// <summary>Delete an article.</summary>
    internal static async Task<NoContent> DeleteArticle(int id, AppDb db, CurrentUser me)
    {
        db.Articles.Remove(await MineAsync(id, db, me));
        await db.SaveChangesAsync();

        return TypedResults.NoContent();
    }

    /// <summary>Like an article: add yourself to its fans, unless you are there.</summary>
    internal static async Task<NoContent> AddFans(int id, Document<IReadOnlyList<ResourceId>> body, AppDb db, CurrentUser me)
    {
        await RequireMeAsync(id, body, db, me);
        foreach (var _ in body.Data)
        {
            await db.Fans.AddIfAbsentAsync(new Fan { ArticleId = id, UserId = me.Id });
        }

        return TypedResults.NoContent();
    }

    /// <summary>Like an article no more: remove yourself from its fans, if you are there.</summary>
    internal static async Task<NoContent> RemoveFans(int id, [FromBody] Document<IReadOnlyList<ResourceId>> body, AppDb db, CurrentUser me)
    {
        await RequireMeAsync(id, body, db, me);
        foreach (var _ in body.Data)
        {
            await db.Fans.RemoveAsync(new Fan { ArticleId = id, UserId = me.Id });
        }

        return TypedResults.NoContent();
    }

    private static async Task<Article> MineAsync(int id, AppDb db, CurrentUser me)
    {
        var article = await db.Articles.FindOr404Async(id);
        me.RequireOwnerOrAdmin(article.AuthorId);
        return article;
    }

    private static async Task RequireMeAsync(int id, Document<IReadOnlyList<ResourceId>> body, AppDb db, CurrentUser me)
    {
        await db.Articles.FindOr404Async(id);
        foreach (var fan in body.Data)
        {
            ResourceId.Require(fan.Type, AccountResource.TypeName);
            if (fan.Id != ResourceId.Text(me.Id))
            {
                throw Abort.Forbidden("Nobody likes an article for somebody else.");
            }
        }
    }
}
