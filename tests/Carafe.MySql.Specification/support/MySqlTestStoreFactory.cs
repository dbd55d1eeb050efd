namespace Microsoft.EntityFrameworkCore.TestUtilities;

public class MySqlTestStoreFactory : RelationalTestStoreFactory
{
    protected MySqlTestStoreFactory()
    {
    }

    public static MySqlTestStoreFactory Instance { get; } = new();

    public override TestStore Create(string storeName) => MySqlTestStore.Create(storeName);

    public override TestStore GetOrCreate(string storeName) => MySqlTestStore.GetOrCreate(storeName);

    public override IServiceCollection AddProviderServices(IServiceCollection serviceCollection) => serviceCollection.AddEntityFrameworkMySql();
}

public class SharedCacheMySqlTestStoreFactory : MySqlTestStoreFactory
{
    public static new SharedCacheMySqlTestStoreFactory Instance { get; } = new();
}

/// <summary>The database that the run has loaded.</summary>
public class MySqlNorthwindTestStoreFactory : MySqlTestStoreFactory
{
    public static new MySqlNorthwindTestStoreFactory Instance { get; } = new();

    public override TestStore GetOrCreate(string storeName) => MySqlTestStore.GetExisting("northwind");
}
