using Carafe.FastSqlite.Connections;
using Carafe.FastSqlite.Extension;
using Carafe.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.FastSqlite;

/// <summary>Where the layer can't work it says why not, once, and leaves EF Core as it is.</summary>
public sealed class TurnedOffTests
{
    [Fact]
    public void On_another_provider_or_none_it_says_what_it_is_for()
    {
        foreach (var options in (DbContextOptionsBuilder<NotesDb>[])[new DbContextOptionsBuilder<NotesDb>().UseNpgsql("Host=nowhere"), new()])
        {
            var refused = Assert.Throws<InvalidOperationException>(() => new NotesDb(options.UseFastSqlite().Options));
            Assert.Contains("UseFastSqlite() is for SQLite", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("10.0.0", "10.0.0", null)]
    [InlineData("10.0.99", "10.0.1", null)]
    [InlineData("11.0.0", "10.0.0", "EF Core 11.0.0")]
    [InlineData("9.0.4", "10.0.0", "EF Core 9.0.4")]
    [InlineData("10.1.0", "10.0.0", "EF Core 10.1.0")]
    [InlineData("10.0.0", "11.0.0", "Microsoft.Data.Sqlite 11.0.0")]
    public void A_version_that_it_was_not_proven_on_is_an_objection(string entityFramework, string driver, string? named)
    {
        var objection = ProvenVersions.Check(new Version(entityFramework), new Version(driver));
        Assert.Equal(named is null, objection is null);
        Assert.StartsWith(named ?? "", objection ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_objection_it_logs_one_line_and_contexts_work_as_without_it()
    {
        using var log = new Http.LogLines();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var file = Path.Combine(Path.GetTempPath(), $"carafe-{Guid.NewGuid():N}.db");
        var builder = new DbContextOptionsBuilder<NotesDb>().UseSqlite($"Data Source={file};Pooling=False")
            .UseLoggerFactory(loggers);
        builder.WithoutProviderCount();
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new FastSqliteOptionsExtension(null, "EF Core 11.0.0 was not tested with it."));
        for (var turn = 0; turn < 3; turn++)
        {
            await using var db = new NotesDb(builder.Options);
            await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, await db.AddAsync("one"));
            Assert.Equal(typeof(SqliteConnection), db.Database.GetDbConnection().GetType());
        }

        var line = Assert.Single(log.From(LogLevel.Warning));
        Assert.Contains("UseFastSqlite() is off", line, StringComparison.Ordinal);
        Assert.Contains("EF Core 11.0.0 was not tested with it.", line, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Where_an_extension_of_the_app_has_replaced_the_connection_of_EF_Core_it_stays_and_one_line_says_so()
    {
        using var log = new Http.LogLines();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var builder = new DbContextOptionsBuilder<NotesDb>().UseSqlite("Data Source=file:/foreign?vfs=memdb;Pooling=False")
            .UseLoggerFactory(loggers).UseFastSqlite()
            .ReplaceService<ISqliteRelationalConnection, ForeignConnection>();
        builder.WithoutProviderCount();
        for (var turn = 0; turn < 3; turn++)
        {
            await using var db = new NotesDb(builder.Options);
            Assert.IsType<ForeignConnection>(db.GetService<ISqliteRelationalConnection>());
            Assert.Equal(typeof(SqliteConnection), db.Database.GetDbConnection().GetType());
        }

        Assert.Contains(nameof(ForeignConnection), Assert.Single(log.From(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Services_of_EF_Core_that_the_app_builds_by_itself_need_its_own_and_one_line_says_so(bool added)
    {
        using var log = new Http.LogLines();
        using var app = new ServiceCollection().AddLogging(logging => logging.AddProvider(log)).BuildServiceProvider();
        var services = new ServiceCollection().AddEntityFrameworkSqlite();
        using var provider = (added ? services.AddEntityFrameworkFastSqlite() : services).BuildServiceProvider();
        for (var turn = 0; turn < 3; turn++)
        {
            var options = new DbContextOptionsBuilder<NotesDb>().UseSqlite("Data Source=own.db").UseApplicationServiceProvider(app).UseFastSqlite();
            using var db = new NotesDb(options.UseInternalServiceProvider(provider).Options);
            Assert.Equal(added ? typeof(RoutingSqliteConnection) : typeof(SqliteConnection), db.Database.GetDbConnection().GetType());
        }

        if (added)
        {
            Assert.Empty(log.From(LogLevel.Warning));
        }
        else
        {
            Assert.Contains("AddEntityFrameworkFastSqlite", Assert.Single(log.From(LogLevel.Warning)), StringComparison.Ordinal);
        }
    }

    private sealed class ForeignConnection(
        Microsoft.EntityFrameworkCore.Storage.RelationalConnectionDependencies dependencies,
        Microsoft.EntityFrameworkCore.Storage.IRawSqlCommandBuilder rawSqlCommandBuilder,
        Microsoft.EntityFrameworkCore.Diagnostics.IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
        : SqliteRelationalConnection(dependencies, rawSqlCommandBuilder, logger);
}
