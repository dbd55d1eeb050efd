using Carafe.MySql.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;

namespace Carafe.MySql.Update;

/// <summary>Sends several changes at once.</summary>
internal sealed class MySqlModificationCommandBatch(ModificationCommandBatchFactoryDependencies dependencies, int maxBatchSize)
    : AffectedCountModificationCommandBatch(dependencies, maxBatchSize);

/// <summary>Creates <see cref="MySqlModificationCommandBatch"/>es.</summary>
internal sealed class MySqlModificationCommandBatchFactory(ModificationCommandBatchFactoryDependencies dependencies, IDbContextOptions options)
    : IModificationCommandBatchFactory
{
    // Few enough that rows of some size stay under max_allowed_packet, and enough that the way to the server hardly counts.
    private const int DefaultSize = 100;
    private readonly int _size = options.FindExtension<MySqlOptionsExtension>()?.MaxBatchSize ?? DefaultSize;

    public ModificationCommandBatch Create() => new MySqlModificationCommandBatch(dependencies, _size);
}
