using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using MySqlConnector;
using static Carafe.MySql.Tests.BlogFixture;

namespace Carafe.MySql.Tests;

/// <summary>Changes of a model become statements that the server takes, rows included.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task A_table_with_generated_keys_is_renamed()
    {
        await using var database = await Database.CreateAsync(model => model.Entity("Thing", thing => thing.Property<int>("Id")));
        await database.RunAsync("INSERT INTO `Thing` VALUES (7)");
        await database.MigrateAsync(model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.ToTable("Things");
        }));
        await database.RunAsync("INSERT INTO `Things` VALUES ()");
        Assert.Equal("7,8", await database.ReadAsync("SELECT GROUP_CONCAT(`Id` ORDER BY `Id`) FROM `Things`"));
    }

    [Fact]
    public async Task A_generated_key_gives_way_to_another_key_and_comes_back()
    {
        Action<ModelBuilder> generated = model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.Property<int>("Code");
        });
        Action<ModelBuilder> given = model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id").ValueGeneratedNever();
            thing.Property<int>("Code").ValueGeneratedNever();
            thing.HasKey("Code");
        });
        await using var database = await Database.CreateAsync(generated);
        await database.RunAsync("INSERT INTO `Thing` (`Code`) VALUES (5)");
        await database.MigrateAsync(given);
        await Assert.ThrowsAsync<MySqlException>(() => database.RunAsync("INSERT INTO `Thing` (`Id`, `Code`) VALUES (2, 5)"));
        await database.MigrateAsync(generated);
        await database.RunAsync("INSERT INTO `Thing` (`Code`) VALUES (5)");
        Assert.Equal("1,2", await database.ReadAsync("SELECT GROUP_CONCAT(`Id` ORDER BY `Id`) FROM `Thing`"));
    }

    [Fact]
    public async Task A_key_goes_with_its_column_and_another_takes_its_place()
    {
        await using var database = await Database.CreateAsync(model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.Property<int>("Code");
        }));
        await database.RunAsync("INSERT INTO `Thing` VALUES (7, 1)");
        await database.MigrateAsync(model => model.Entity("Thing", thing =>
        {
            thing.Property<long>("Number").ValueGeneratedOnAdd();
            thing.Property<int>("Code");
            thing.HasKey("Number");
        }));
        await database.RunAsync("INSERT INTO `Thing` (`Code`) VALUES (2)");
        Assert.Equal("1,2", await database.ReadAsync("SELECT GROUP_CONCAT(`Number` ORDER BY `Number`) FROM `Thing`"));
    }

    [Fact]
    public async Task A_column_becomes_a_calculated_one_and_ceases_to_be()
    {
        Action<ModelBuilder> plain = model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.Property<int>("Twice");
        });
        await using var database = await Database.CreateAsync(plain);
        await database.RunAsync("INSERT INTO `Thing` VALUES (7, 1)");
        await database.MigrateAsync(model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.Property<int>("Twice").HasComputedColumnSql("`Id` * 2");
        }));
        Assert.Equal(14, Convert.ToInt32(await database.ReadAsync("SELECT `Twice` FROM `Thing`"), null));
        await database.MigrateAsync(plain);
        await database.RunAsync("UPDATE `Thing` SET `Twice` = 3");
    }

    [Fact]
    public async Task A_column_that_becomes_a_calculated_one_keeps_its_indexes()
    {
        await using var database = await Database.CreateAsync(model => Build(model, null));
        var before = await IndexesAsync();
        Assert.Equal(
            "AK_Thing_Code_Twice(Code,Twice)0 IX_Thing_Code(Code)1 IX_Thing_Code_Twice_Id(Code,Twice,Id)0 IX_Thing_Twice(Twice)1 PRIMARY(Id)0", before);
        await database.MigrateAsync(model => Build(model, "`Code` * 2"));
        Assert.Equal(before, await IndexesAsync());
        await database.MigrateAsync(model => Build(model, null));
        Assert.Equal(before, await IndexesAsync());

        async Task<object?> IndexesAsync() => await database.ReadAsync(
            """
            SELECT GROUP_CONCAT(text ORDER BY text SEPARATOR ' ') FROM (
                SELECT CONCAT(index_name, '(', GROUP_CONCAT(column_name ORDER BY seq_in_index), ')', MIN(non_unique)) AS text
                FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY index_name) AS indexes
            """);

        static void Build(ModelBuilder model, string? sql) => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.Property<int>("Code");
            thing.Property<int>("Twice");
            thing.HasIndex("Code");
            thing.HasIndex("Twice");
            thing.HasIndex("Code", "Twice", "Id").IsUnique();
            thing.HasAlternateKey("Code", "Twice");
            if (sql is not null)
            {
                thing.Property<int>("Twice").HasComputedColumnSql(sql, stored: true);
            }
        });
    }

    [Fact]
    public async Task A_stored_calculated_column_keeps_its_values_as_a_plain_one()
    {
        static Action<ModelBuilder> Model(string? sql) => model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.Property<int>("Code");
            thing.Property<int>("Twice").HasComputedColumnSql(sql, stored: sql is null ? null : true);
        });
        await using var database = await Database.CreateAsync(Model("`Code` * 2"));
        await database.RunAsync("INSERT INTO `Thing` (`Code`) VALUES (1), (2)");
        await database.MigrateAsync(Model(null));
        Assert.Equal("2,4", await database.ReadAsync("SELECT GROUP_CONCAT(`Twice` ORDER BY `Id`) FROM `Thing`"));
    }

    [Fact]
    public async Task A_comment_and_a_text_without_end_are_written()
    {
        await using var database = await Database.CreateAsync(model => model.Entity("Thing", thing =>
        {
            thing.Property<int>("Id");
            thing.Property<string>("Text").HasMaxLength(-1).HasComment("It's a \\ and\na line");
            thing.ToTable(table => table.HasComment("'\\"));
        }));
        Assert.Equal("It's a \\ and\na line", await database.ReadAsync(
            "SELECT column_comment FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name = 'Text'"));
        Assert.Equal("'\\", await database.ReadAsync("SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE()"));
    }

    [Fact]
    public void A_model_that_has_no_migration_is_an_error_as_on_other_databases()
    {
        var options = new DbContextOptionsBuilder().UseMySql("Server=none;Database=none").Options;
        Assert.Equal(WarningBehavior.Throw, options.FindExtension<CoreOptionsExtension>()!.WarningsConfiguration.GetBehavior(
            RelationalEventId.PendingModelChangesWarning));
    }

    private sealed class Database(DbContext db, IRelationalModel model) : IAsyncDisposable
    {
        private IRelationalModel _model = model;

        public static async Task<Database> CreateAsync(Action<ModelBuilder> build)
        {
            var server = await MariaDbServer.SharedAsync();
            var db = new DbContext(new DbContextOptionsBuilder().UseMySql(server.ConnectionString(await server.CreateDatabaseAsync())).Options);
            var database = new Database(db, null!);
            await database.MigrateAsync(build);
            return database;
        }

        public async Task MigrateAsync(Action<ModelBuilder> build)
        {
            var builder = new ModelBuilder(db.GetService<IConventionSetBuilder>().CreateConventionSet());
            build(builder);
            var next = db.GetService<IModelRuntimeInitializer>().Initialize(builder.FinalizeModel(), designTime: true).GetRelationalModel();
            var operations = db.GetService<IMigrationsModelDiffer>().GetDifferences(_model, next);
            foreach (var command in db.GetService<IMigrationsSqlGenerator>().Generate(operations, next.Model))
            {
                await RunAsync(command.CommandText);
            }

            _model = next;
        }

        public Task<int> RunAsync(string sql) => db.Database.ExecuteSqlRawAsync(sql, Stop);

        public async Task<object?> ReadAsync(string sql)
        {
            await db.Database.OpenConnectionAsync(Stop);
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            return await command.ExecuteScalarAsync(Stop);
        }

        public ValueTask DisposeAsync() => db.DisposeAsync();
    }
}
