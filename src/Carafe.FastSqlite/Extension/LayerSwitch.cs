using System.Runtime.CompilerServices;
using Carafe.FastSqlite.Reads;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Infrastructure.Internal;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.FastSqlite.Extension;

/// <summary>Says whether the layer is on in the services that EF Core has built, and logs once for them why it is not.</summary>
internal sealed partial class LayerSwitch(string? objection) : ISingletonOptions
{
    private const string NotAdded = "UseInternalServiceProvider was given services without AddEntityFrameworkFastSqlite().";

    private static readonly ConditionalWeakTable<IServiceProvider, object> _told = [];
    private static readonly Type[] _needed = [typeof(ISqliteRelationalConnection), typeof(IRelationalConnection), typeof(IRelationalDatabaseCreator)];

    /// <summary>Why the layer is off for contexts with these options; null where it is on.</summary>
    public static string? Objection(IDbContextOptions options)
    {
        var replaced = options.FindExtension<CoreOptionsExtension>()?.ReplacedServices;
        return replaced?.FirstOrDefault(service => Array.IndexOf(_needed, service.Key.Item1) >= 0) is { Value: { } type } found
            ? $"ReplaceService has {type.Name} in the place of EF Core's {found.Key.Item1.Name}."
            : null;
    }

    /// <summary>Why the layer is not among the services; null where it is. What another extension has put in its place stays.</summary>
    public static string? Objection(IServiceCollection services) =>
        services.FirstOrDefault(IsForeign) is { } foreign ? $"another extension has replaced EF Core's {foreign.ServiceType.Name}." : null;

    /// <summary>Returns whether EF Core compiles the queries, or nothing does yet. The compiler of another extension stays.</summary>
    public static bool LeavesQueries(IServiceCollection services) =>
        services.All(service => service.ServiceType != typeof(IShapedQueryCompilingExpressionVisitorFactory)
            || service.ImplementationType == typeof(RelationalShapedQueryCompilingExpressionVisitorFactory)
            || service.ImplementationType == typeof(DirectQueryVisitorFactory));

    /// <summary>Returns whether EF Core's own concurrency detector is registered. The detector of another extension stays.</summary>
    public static bool LeavesDetector(IServiceCollection services) =>
        services.All(service => service.ServiceType != typeof(IConcurrencyDetector)
            || service.ImplementationType == typeof(ConcurrencyDetector) || service.ImplementationType == typeof(RowConcurrencyDetector));

    /// <summary>Logs once that services of the app's own are without those of the layer.</summary>
    public static void Check(IDbContextOptions options)
    {
        if (options.FindExtension<CoreOptionsExtension>()?.InternalServiceProvider is { } services
            && !services.GetServices<ISingletonOptions>().OfType<LayerSwitch>().Any() && _told.TryAdd(services, services))
        {
            LogOff(options, NotAdded);
        }
    }

    public void Initialize(IDbContextOptions options)
    {
        if (options.FindExtension<FastSqliteOptionsExtension>() is not null && (objection ?? Objection(options)) is { } reason)
        {
            LogOff(options, reason);
        }
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private static bool IsForeign(ServiceDescriptor service) =>
        service.ServiceType == typeof(ISqliteRelationalConnection)
            ? service.ImplementationType != typeof(SqliteRelationalConnection) && service.ImplementationType != typeof(FastRelationalConnection)
            : service.ServiceType == typeof(IRelationalDatabaseCreator)
                && service.ImplementationType != typeof(SqliteDatabaseCreator) && service.ImplementationType != typeof(FastDatabaseCreator);

    private static void LogOff(IDbContextOptions options, string reason)
    {
        var core = options.FindExtension<CoreOptionsExtension>();
        if ((core?.LoggerFactory ?? core?.ApplicationServiceProvider?.GetService<ILoggerFactory>()) is { } loggers)
        {
            LogOff(loggers.CreateLogger("Carafe.FastSqlite"), reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "UseFastSqlite() is off, and EF Core works as it does without: {Reason}")]
    private static partial void LogOff(ILogger logger, string reason);
}
