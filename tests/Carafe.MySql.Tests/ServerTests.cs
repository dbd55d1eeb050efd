using Carafe.MySql.Infrastructure;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

/// <summary>Servers of other versions and settings.</summary>
public sealed class ServerTests
{
    [Theory]
    [InlineData("10.11.6-MariaDB-0+deb12u1", "10.11.6", true, true)]
    [InlineData("5.5.5-10.6.1-MariaDB", "10.6.1", true, true)]
    [InlineData("10.5.9-MariaDB", "10.5.9", true, false)]
    [InlineData("8.0.36", "8.0.36", false, true)]
    [InlineData("8.4.0-log", "8.4.0", false, true)]
    [InlineData("5.7.44-log", "5.7.44", false, false)]
    public void A_server_says_what_it_is(string text, string number, bool isMariaDb, bool isSupported)
    {
        Assert.True(MySqlServerVersion.TryParse(text, out var version));
        Assert.Equal((Version.Parse(number), isMariaDb, isSupported), (version.Number, version.IsMariaDb, version.IsSupported));
        Assert.Contains(number, version.TooOld, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sql-mode=", "STRICT_TRANS_TABLES")]
    [InlineData("--sql-mode=STRICT_ALL_TABLES,EMPTY_STRING_IS_NULL", "EMPTY_STRING_IS_NULL")]
    public async Task A_server_that_would_change_data_is_refused_with_the_reason(string option, string reason)
    {
        await using var server = await MariaDbServer.StartAsync(option);
        await using var db = TestContext<BlogDb>.Make(server.ConnectionString(await server.CreateDatabaseAsync()));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Blogs.ToListAsync(Stop));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_servers_of_one_version_share_nothing_that_the_servers_are_asked()
    {
        static object Shared(string connection)
        {
            using var db = new NoTables(new DbContextOptionsBuilder<NoTables>().UseMySql(connection, mysql => mysql.ServerVersion("10.11.6-MariaDB")).Options);
            return db.GetService<ISqlGenerationHelper>();
        }

        Assert.Same(Shared("Server=one;Database=a"), Shared("Server=one;Database=b"));
        Assert.NotSame(Shared("Server=one;Database=a"), Shared("Server=two;Database=a"));
    }

    [Fact]
    public async Task Names_in_lower_case_and_a_small_packet_are_no_obstacle_and_what_is_too_large_has_a_number()
    {
        await using var server = await MariaDbServer.StartAsync("--lower-case-table-names=1", "--max-allowed-packet=1M");
        var make = await TestContext<BlogDb>.CreateAsync(server);
        await FillAsync(make);
        await using var db = make();
        Assert.Equal(20, await db.Posts.CountAsync(Stop));
        db.Add(new Blog { Name = "large", Address = new Address { Street = new string('x', 2_000_000) } });
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Stop));
        db.ChangeTracker.Clear();
        Assert.Equal(20, await db.Posts.CountAsync(Stop));
    }

    [Fact]
    public async Task What_is_larger_than_a_row_or_a_key_is_refused_before_anything_runs()
    {
        var server = await MariaDbServer.SharedAsync();
        await using var db = TestContext<WideDb>.Make(server.ConnectionString(await server.CreateDatabaseAsync()));
        var wide = await Assert.ThrowsAsync<NotSupportedException>(() => db.Database.EnsureCreatedAsync(Stop));
        Assert.Contains("65535", wide.Message, StringComparison.Ordinal);
        Assert.Equal(0, await db.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM information_schema.tables WHERE table_schema = DATABASE()")
            .SingleAsync(Stop));
    }

    [Fact]
    public void Counting_changed_rows_is_refused() => Assert.Throws<ArgumentException>(
        () => new DbContextOptionsBuilder().UseMySql("Server=localhost;Database=x;UseAffectedRows=true"));

    [Fact]
    public void Tables_of_one_name_in_two_schemas_are_refused()
    {
        using var db = TestContext<SchemaDb>.Make("Server=localhost;Database=x");
        Assert.Contains("in the schemas 'one' and 'other'", Assert.Throws<InvalidOperationException>(() => db.Model).Message, StringComparison.Ordinal);
    }

    public sealed class SchemaDb(DbContextOptions<SchemaDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Wide>().ToTable("rows", "one");
            modelBuilder.Entity<RowVersionTests.Note>().ToTable("rows", "other");
        }
    }

    public sealed class Wide
    {
        public int Id { get; set; }

        public string One { get; set; } = "";

        public string Two { get; set; } = "";
    }

    public sealed class WideDb(DbContextOptions<WideDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Wide>(wide =>
        {
            wide.Property(row => row.One).HasMaxLength(10_000);
            wide.Property(row => row.Two).HasMaxLength(10_000);
        });
    }

    private sealed class NoTables(DbContextOptions<NoTables> options) : DbContext(options);
}
