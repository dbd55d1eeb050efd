using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace Carafe.Data.Conventions;

/// <summary>Adds <see cref="CarafeConventions"/> to EF's own services, and records in a context's options which database it belongs to.</summary>
internal sealed class ConventionsExtension(Database database) : IDbContextOptionsExtension
{
    public Database Database { get; } = database;

    public DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        new EntityFrameworkServicesBuilder(services).TryAdd<IConventionSetPlugin, CarafeConventions>();
        // The first of them: EF's own close connections in their way.
        services.Insert(0, ServiceDescriptor.Scoped<IResettableService, ContextReset>());
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
        {
        }
    }
}
