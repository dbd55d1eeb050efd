using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Tests.Auth;

/// <summary>A change of an account counts when it is committed, whatever made it.</summary>
public sealed class AccountChangeTests
{
    private static readonly Dictionary<string, Func<AuthDb, Task>> Changes = new()
    {
        ["disabled by entity"] = async db =>
        {
            (await db.People.SingleAsync(person => person.Username == "alice")).DisabledAt = DateTimeOffset.UnixEpoch;
            await db.SaveChangesAsync();
        },
        ["disabled by entity, without waiting"] = db =>
        {
            db.People.Single(person => person.Username == "alice").DisabledAt = DateTimeOffset.UnixEpoch;
            db.SaveChanges();
            return Task.CompletedTask;
        },
        ["deleted by entity"] = async db =>
        {
            db.Remove(await db.People.SingleAsync(person => person.Username == "alice"));
            await db.SaveChangesAsync();
        },
        ["updated in bulk"] = db =>
        db.People.Where(person => person.Username == "alice").ExecuteUpdateAsync(person => person.SetProperty(p => p.DisabledAt, DateTimeOffset.UnixEpoch)),
        ["deleted in bulk"] = db => db.People.Where(person => person.Username == "alice").ExecuteDeleteAsync(),
        ["deleted by SQL"] = db => db.Database.ExecuteSqlAsync($"DELETE FROM People WHERE Username = 'alice'"),
        ["deleted by SQL that names no table"] = async db =>
        {
            await db.Database.ExecuteSqlRawAsync(
                "CREATE VIEW folk AS SELECT * FROM People; CREATE TRIGGER gone INSTEAD OF DELETE ON folk BEGIN DELETE FROM People WHERE Id = OLD.Id; END");
            await db.Database.ExecuteSqlRawAsync("DELETE FROM folk WHERE Username = 'alice'");
        },
    };

    public static TheoryData<string> Names => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_counts_at_once(string name)
    {
        await using var app = await AuthApp.StartAsync();
        var (alice, bob) = (await app.LoginAsync(), await app.LoginAsync("bob"));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", alice.AccessToken)).StatusCode);
        await app.WithAsync(Changes[name]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", alice.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", bob.AccessToken)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_counts_with_its_commit_although_somebody_asked_in_between(string name)
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        await app.WithAsync<AuthDb>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await Changes[name](db);
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
            await transaction.CommitAsync();
        });
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task Expired_sessions_are_deleted_every_hour()
    {
        var signal = new DeleteSignal();
        await using var app = await AuthApp.StartAsync(
            auth => auth.RefreshTokenLifetime = TimeSpan.FromMinutes(90),
            services: services => services.ConfigureDbContext<AuthDb>(db => db.AddInterceptors(signal)));
        await app.LoginAsync();
        foreach (var left in (int[])[1, 0])
        {
            var pruned = signal.Next();
            app.Clock.Advance(TimeSpan.FromHours(1));
            await pruned.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal(left,
                await app.WithAsync<AuthDb, int>(db => db.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM sessions")
                    .SingleAsync()));
        }
    }

    private sealed class DeleteSignal : DbCommandInterceptor
    {
        private TaskCompletionSource _deleted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Next()
        {
            _deleted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _deleted.Task;
        }

        public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result,
            CancellationToken cancellationToken = default)
        {
            if (eventData.CommandSource == CommandSource.ExecuteDelete)
            {
                _deleted.TrySetResult();
            }

            return new(result);
        }
    }
}
