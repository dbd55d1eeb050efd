using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Internal;

// The pool is marked internal by EF, and there is no other way to say who is next.
#pragma warning disable EF1001

namespace Carafe.Data.Providers;

/// <summary>
/// Gives out the context that was used last. EF's own pool gives the one that has rested longest: with each SQLite connection that is one whose pages and counts others have
/// outdated since, and as many of them are kept warm as were ever needed at once.
/// </summary>
internal sealed class RecentContexts<TContext>(DbContextOptions<TContext> options, IServiceProvider services) : DbContextPool<TContext>(options, services), IDisposable, IAsyncDisposable
    where TContext : DbContext
{
    private readonly ConcurrentStack<IDbContextPoolable> _resting = new();
    private int _count;
    private bool _disposed;

    /// <summary>Takes the place of the pool that EF registers.</summary>
    public static void Use(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<IDbContextPool<TContext>, RecentContexts<TContext>>());

    public override IDbContextPoolable Rent()
    {
        if (!_resting.TryPop(out var context))
        {
            return base.Rent();
        }

        Interlocked.Decrement(ref _count);
        return context;
    }

    public override void Return(IDbContextPoolable context)
    {
        context.ResetState();
        if (!TryRest(context))
        {
            context.Dispose();
        }
    }

    public override async ValueTask ReturnAsync(IDbContextPoolable context, CancellationToken cancellationToken = default)
    {
        await context.ResetStateAsync(cancellationToken);
        if (!TryRest(context))
        {
            await context.DisposeAsync();
        }
    }

    public new void Dispose()
    {
        _disposed = true;
        while (_resting.TryPop(out var context))
        {
            context.ClearLease();
            context.Dispose();
        }

        base.Dispose();
    }

    public new async ValueTask DisposeAsync()
    {
        _disposed = true;
        while (_resting.TryPop(out var context))
        {
            context.ClearLease();
            await context.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private bool TryRest(IDbContextPoolable context)
    {
        if (_disposed || Interlocked.Increment(ref _count) > DatabaseServiceCollectionExtensions.PoolSize)
        {
            if (!_disposed)
            {
                Interlocked.Decrement(ref _count);
            }

            context.ClearLease();
            return false;
        }

        _resting.Push(context);
        return true;
    }
}
