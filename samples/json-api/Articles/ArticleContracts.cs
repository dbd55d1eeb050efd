using System.Linq.Expressions;
using JsonApi.Accounts;
using JsonApi.Documents;

namespace JsonApi.Articles;

/// <summary>An article.</summary>
public sealed record ArticleResource(string Type, string Id, ArticleAttributes Attributes, ArticleRelationships Relationships)
{
    public const string TypeName = "articles";

    public static readonly Expression<Func<Article, ArticleResource>> FromRow = article => From(article);

    public static ArticleResource From(Article article) => new(
        TypeName,
        ResourceId.Text(article.Id),
        new(article.Title, article.Body, article.CreatedAt, article.UpdatedAt),
        new(new(ResourceId.Of(AccountResource.TypeName, article.AuthorId))));
}

/// <summary>What is known of an article.</summary>
public sealed record ArticleAttributes(string Title, string Body, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>What an article belongs to.</summary>
public sealed record ArticleRelationships(ToOne Author);

/// <summary>A new article.</summary>
public sealed record NewArticle([property: TextLength(1, 50)] string Type, ArticleRequest Attributes);

/// <summary>An article to change.</summary>
public sealed record ArticleChange([property: TextLength(1, 50)] string Type, [property: TextLength(1, 50)] string Id, ArticleRequest Attributes)
{
    public static ArticleChange From(Article article) =>
        new(ArticleResource.TypeName, ResourceId.Text(article.Id), new(article.Title, article.Body));
}

/// <summary>What an author gives.</summary>
public sealed record ArticleRequest(
    [property: TextLength(1, 200)] string Title,
    [property: TextLength(1, 65_536)] string Body);

/// <summary>What callers may sort and filter articles by.</summary>
public sealed class ArticleList : ListQuery<ArticleList, Article>
{
    protected override void Configure(ListQueryBuilder<Article> list)
    {
        list.Sort(article => article.CreatedAt);
        list.Sort(article => article.Title);
        list.Filter(article => article.AuthorId, "filter[author]", "Only articles by this account.");
        list.DefaultSort = "-createdAt";
    }
}
