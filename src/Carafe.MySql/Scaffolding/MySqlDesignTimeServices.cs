using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Scaffolding;

[assembly: DesignTimeProviderServices("Carafe.MySql.Scaffolding.MySqlDesignTimeServices")]

namespace Carafe.MySql.Scaffolding;

/// <summary>Adds what <c>dotnet ef</c> needs of the provider.</summary>
internal sealed class MySqlDesignTimeServices : IDesignTimeServices
{
    public void ConfigureDesignTimeServices(IServiceCollection serviceCollection)
    {
        serviceCollection.AddEntityFrameworkMySql();
        new EntityFrameworkRelationalDesignServicesBuilder(serviceCollection)
            .TryAdd<IDatabaseModelFactory, MySqlDatabaseModelFactory>()
            .TryAdd<IProviderConfigurationCodeGenerator, MySqlCodeGenerator>()
            .TryAddCoreServices();
    }
}

/// <summary>Writes the <c>UseMySql</c> of a scaffolded context.</summary>
internal sealed class MySqlCodeGenerator(ProviderCodeGeneratorDependencies dependencies) : ProviderCodeGenerator(dependencies)
{
    public override MethodCallCodeFragment GenerateUseProvider(string connectionString, MethodCallCodeFragment? providerOptions) =>
        new("UseMySql", providerOptions is null ? [connectionString] : [connectionString, new NestedClosureCodeFragment("mysql", providerOptions)]);
}
