using System.Reflection;
using Carafe;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Internal;
using MyApi;

return await CarafeApp.RunAsync(args, (args, configure) => MyApp.Create([.. args, "--applicationName", "MyApi"], builder =>
{
    builder.Services.ConfigureDbContext<AppDb>(options => options.ReplaceService<IMigrationsAssembly, NextMigrations>());
    configure?.Invoke(builder);
}));

/// <summary>The next version of MyApi: the same, with one migration more, which adds a column that the version before does not know.</summary>
[Migration(Id)]
internal sealed class NextVersion(IModel model) : Migration
{
    public const string Id = "29991231000000_NextVersion";

    public override IModel TargetModel => model;

    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE posts ADD COLUMN next_version integer DEFAULT 7");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE posts DROP COLUMN next_version");
}

internal sealed class NextMigrations(
    ICurrentDbContext context, IDbContextOptions options, IMigrationsIdGenerator ids, IDiagnosticsLogger<DbLoggerCategory.Migrations> logger)
    : MigrationsAssembly(context, options, ids, logger)
{
    public override IReadOnlyDictionary<string, TypeInfo> Migrations =>
        new SortedDictionary<string, TypeInfo>(base.Migrations.ToDictionary(), StringComparer.OrdinalIgnoreCase)
        {
            [NextVersion.Id] = typeof(NextVersion).GetTypeInfo(),
        };

    public override Migration CreateMigration(TypeInfo migrationClass, string activeProvider) =>
        migrationClass == typeof(NextVersion) ? new NextVersion(ModelSnapshot!.Model) { ActiveProvider = activeProvider }
            : base.CreateMigration(migrationClass, activeProvider);
}
