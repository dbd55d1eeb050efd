using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

/// <summary>Values are sent beside the SQL, and a query can be made before they are known.</summary>
public sealed class ParameterTests
{
    [Fact]
    public async Task A_list_is_sent_as_one_document_where_the_query_says_so()
    {
        await using var db = await OpenAsync();
        int[] ids = [1, 3, 99];
        string?[] notes = ["note 2", null];
        Assert.Equal([1, 3], await db.Posts.Where(post => EF.Parameter(ids).Contains(post.Id)).Select(post => post.Id).Order().ToListAsync(Stop));
        Assert.Equal([1, 2], await db.Posts.Where(post => EF.Parameter(ids).Count(id => id > post.Id) > 1).Select(post => post.Id).Order().ToListAsync(Stop));
        Assert.Equal(7, await db.Posts.CountAsync(post => EF.Parameter(notes).Contains(post.Note), Stop));
        Assert.Equal(1, await db.Posts.CountAsync(post => EF.Parameter(ids)[1] == post.Id, Stop));
    }

    [Fact]
    public async Task The_provider_says_that_it_precompiles_queries()
    {
        await using var db = await OpenAsync();
#pragma warning disable EF9100
        Assert.True(db.GetService<IQueryCompilationContextFactory>().CreatePrecompiled(async: true).IsPrecompiling);
#pragma warning restore EF9100
    }
}
