namespace Carafe.Idempotency;

internal static class IdempotencyRegistrationExtensions
{
    public static void AddIdempotencyKeys(this IServiceCollection services)
    {
        services.TryAddSingleton<IIdempotencyStore, MemoryIdempotencyStore>();
        services.AddSingleton(provider => new IdempotencyKeys(provider.GetRequiredService<CarafeSettings>(), provider.GetRequiredService<IIdempotencyStore>()));
    }
}
