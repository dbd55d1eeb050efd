using System.Data.Common;
using Carafe.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Carafe.Tests.Data.Migrations;

/// <summary>
/// A database that the kit does not bring: its provider marks generated keys in a way of its own, by a type that no file of a migration can name.
/// </summary>
public class ThirdDatabaseTests
{
    [Fact]
    public async Task Its_mark_stands_in_no_file_and_in_every_step_and_check_is_content()
    {
        var source = Lab.Source("public class Book { public int Id { get; set; } public string Title { get; set; } = \"\"; }", "model.Entity<Book>();");
        var provider = new OtherProvider();
        var model = await new CompiledModel(source) { Configure = services => services.AddSingleton<DatabaseProvider>(provider) }.MigrateAsync("First");
        var files = string.Concat(model.Sources.Where(file => !file.Contains("namespace Lab;", StringComparison.Ordinal)));
        Assert.DoesNotContain("Other:", files, StringComparison.Ordinal);
        Assert.DoesNotContain("Sqlite:", files, StringComparison.Ordinal);
        Assert.Contains(".Annotation(\"Carafe:GeneratedKey\", true)", files, StringComparison.Ordinal);

        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        var url = database.Url.Replace("sqlite:", "other:", StringComparison.Ordinal);
        await model.OkAsync(url, "db", "upgrade");
        Assert.Equal(OtherStrategy.Identity, provider.Seen);
        await model.OkAsync(url, "db", "check");
    }

    private enum OtherStrategy
    {
        None,
        Identity,
    }

    private sealed class OtherProvider : DatabaseProvider
    {
        public object? Seen { get; set; }

        public override string Name => "Other";

        public override IReadOnlyList<string> Schemes { get; } = ["other"];

        public override KeyValuePair<string, object>? GeneratedKey => new("Other:ValueGenerationStrategy", OtherStrategy.Identity);

        public override Carafe.Data.Database Open(DatabaseUrl url, IServiceProvider services) => new OtherDatabase(url);

        public override void Check(DatabaseUrl url)
        {
        }
    }

    // SQLite under another name, with the mark of another provider.
    private sealed class OtherDatabase(DatabaseUrl url) : Carafe.Data.Database
    {
        public override void Configure(DbContextOptionsBuilder options) =>
            options.UseSqlite($"Data Source=/{url.Name.TrimStart('/')}").ReplaceService<IRelationalAnnotationProvider, Marks>()
                .ReplaceService<IMigrationsSqlGenerator, Watcher>();

        public override DatabaseError? Explain(DbException exception) => null;

        public override string ToString() => url.ToString();
    }

    private sealed class Marks(RelationalAnnotationProviderDependencies dependencies) : RelationalAnnotationProvider(dependencies)
    {
        public override IEnumerable<IAnnotation> For(IColumn column, bool designTime) =>
            designTime && column.Table.PrimaryKey?.Columns.Contains(column) == true
                ? [new Annotation("Other:ValueGenerationStrategy", OtherStrategy.Identity)] : [];
    }

    private sealed class Watcher(MigrationsSqlGeneratorDependencies dependencies, IRelationalAnnotationProvider annotations, IDbContextOptions options)
        : SqliteMigrationsSqlGenerator(dependencies, annotations)
    {
        public override IReadOnlyList<MigrationCommand> Generate(IReadOnlyList<MigrationOperation> operations, IModel? model,
            MigrationsSqlGenerationOptions generation)
        {
            var provider = (OtherProvider?)options.FindExtension<Carafe.Data.Conventions.ConventionsExtension>()?.Database.Provider;
            provider!.Seen = operations.OfType<CreateTableOperation>().SelectMany(table => table.Columns)
                .Select(column => column["Other:ValueGenerationStrategy"]).FirstOrDefault(mark => mark is not null) ?? provider.Seen;
            return base.Generate(operations, model, generation);
        }
    }
}
