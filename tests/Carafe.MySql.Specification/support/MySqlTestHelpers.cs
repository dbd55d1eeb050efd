using Carafe.MySql.Infrastructure;
using Microsoft.CodeAnalysis;
using MySqlConnector;

namespace Microsoft.EntityFrameworkCore.TestUtilities;

public class MySqlTestHelpers : RelationalTestHelpers
{
    protected MySqlTestHelpers()
    {
    }

    public static MySqlTestHelpers Instance { get; } = new();

    public override LoggingDefinitions LoggingDefinitions { get; } = new MySqlLoggingDefinitions();

    public override IServiceCollection AddProviderServices(IServiceCollection services) => services.AddEntityFrameworkMySql();

    public override DbContextOptionsBuilder UseProviderOptions(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.UseMySql(new MySqlConnection(MySqlTestStore.Server + ";Database=helpers"), mysql => mysql.ServerVersion("10.11.6-MariaDB"));
}

public class MySqlPrecompiledQueryTestHelpers : PrecompiledQueryTestHelpers
{
    public static readonly MySqlPrecompiledQueryTestHelpers Instance = new();

    protected override IEnumerable<MetadataReference> BuildProviderMetadataReferences()
    {
        yield return MetadataReference.CreateFromFile(typeof(MySqlOptionsExtension).Assembly.Location);
        yield return MetadataReference.CreateFromFile(Assembly.GetExecutingAssembly().Location);
    }
}

/// <summary>Warnings that SQLite's provider has and this one has not.</summary>
public static class MySqlEventId
{
    public static readonly EventId CompositeKeyWithValueGeneration = new(-1, nameof(CompositeKeyWithValueGeneration));
    public static readonly EventId SchemaConfiguredWarning = new(-2, nameof(SchemaConfiguredWarning));
    public static readonly EventId SequenceConfiguredWarning = new(-3, nameof(SequenceConfiguredWarning));
    public static readonly EventId TableRebuildPendingWarning = new(-4, nameof(TableRebuildPendingWarning));
    public static readonly EventId ConflictingValueGenerationStrategiesWarning = new(-5, nameof(ConflictingValueGenerationStrategiesWarning));
}
