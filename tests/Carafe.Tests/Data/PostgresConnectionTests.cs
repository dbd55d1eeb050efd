using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Carafe.Tests.Data;

/// <summary>How the app's connections to PostgreSQL are rationed, and what is answered when there is none.</summary>
public sealed class PostgresConnectionTests
{
    [Fact]
    public async Task An_app_takes_20_connections_and_who_gets_none_in_time_is_503()
    {
        await using var shop = await SlowShop.StartAsync();
        var served = new List<Task<HttpResponseMessage>>();
        while (served.Count < 20)
        {
            served.Add(await shop.AskAsync("?mine=time"));
            await shop.UntilCountingAsync(served.Count);
        }

        using var late = await await shop.AskAsync("?mine=time");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (late.StatusCode, late.Headers.RetryAfter is not null));
        await shop.OpenAsync();
        Assert.All(await Task.WhenAll(served), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_connection_whose_time_is_up_in_the_middle_of_opening_is_503()
    {
        var late = new Late();
        await using var server = await Shop.StartAsync(TestDatabase.Postgres,
            builder => builder.Services.AddSingleton<IDbContextOptionsConfiguration<ShopDb>>(late));
        // While a context is in use, the request's is a new one, and makes its connection.
        await server.SeedAsync(async _ =>
        {
            late.IsOn = true;
            using var answer = await server.SendAsync(HttpMethod.Get, "/items/1");
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (answer.StatusCode, answer.Headers.RetryAfter is not null));
        });
    }

    private sealed class Late : DbConnectionInterceptor, IDbContextOptionsConfiguration<ShopDb>
    {
        public bool IsOn { get; set; }

        public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(this);

        public override InterceptionResult<DbConnection> ConnectionCreating(ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result) =>
            IsOn ? InterceptionResult<DbConnection>.SuppressWithResult(new LateConnection()) : result;
    }

    private sealed class LateConnection : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get; set; } = "";

        public override string Database => "";

        public override string DataSource => "";

        public override string ServerVersion => "";

        public override ConnectionState State => ConnectionState.Closed;

        public override Task OpenAsync(CancellationToken cancellationToken) => throw new TimeoutException();

        public override void Open() => throw new NotSupportedException();

        public override void Close()
        {
        }

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => new Npgsql.NpgsqlCommand();
    }
}
