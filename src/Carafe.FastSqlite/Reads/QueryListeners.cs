using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics.Internal;

namespace Carafe.FastSqlite.Reads;

/// <summary>Finds out whether anything sees, changes or logs the commands of queries.</summary>
internal static class QueryListeners
{
    private static readonly ConditionalWeakTable<Type, object> _interceptors = [];
    private static readonly ConditionalWeakTable<LoggingDefinitions, (LogLevel Level, bool IsThrown)[]> _events = [];

    public static bool AreThere(IRelationalCommandDiagnosticsLogger logger) =>
        // An app can have put a logger of its own in the place of EF Core's.
        logger.GetType() != typeof(RelationalCommandDiagnosticsLogger)
        || logger.DiagnosticSource is not DiagnosticListener source || source.IsEnabled()
        || logger.DbContextLogger is not NullDbContextLogger
        || Intercepts(logger.Interceptors?.Aggregate<IDbCommandInterceptor>())
        || IsLogged(logger);

    /// <summary>Returns whether a type of interceptor takes part in queries: it overrides one of their methods.</summary>
    public static bool Intercepts(Type type)
    {
        var map = type.GetInterfaceMap(typeof(IDbCommandInterceptor));
        return map.InterfaceMethods.Zip(map.TargetMethods).Any(
            pair => !pair.First.Name.StartsWith("NonQuery", StringComparison.Ordinal) && !pair.First.Name.StartsWith("Scalar", StringComparison.Ordinal)
                && pair.Second?.DeclaringType != typeof(DbCommandInterceptor) && pair.Second?.DeclaringType != typeof(IDbCommandInterceptor));
    }

    private static bool Intercepts(IDbCommandInterceptor? interceptor) =>
        interceptor is not null && (bool)_interceptors.GetValue(interceptor.GetType(), static type => Intercepts(type));

    private static bool IsLogged(IRelationalCommandDiagnosticsLogger logger)
    {
        if (!_events.TryGetValue(logger.Definitions, out var events))
        {
            events = Events(logger);
            _events.AddOrUpdate(logger.Definitions, events);
        }

        foreach (var (level, isThrown) in events)
        {
            if (isThrown || logger.Logger.IsEnabled(level))
            {
                return true;
            }
        }

        return false;
    }

    // What is logged when all goes well. An error is logged either way.
    private static (LogLevel Level, bool IsThrown)[] Events(IRelationalCommandDiagnosticsLogger logger)
    {
        EventDefinitionBase[] events =
        [
            RelationalResources.LogCommandCreating(logger), RelationalResources.LogCommandCreated(logger), RelationalResources.LogCommandInitialized(logger),
            RelationalResources.LogExecutingCommand(logger), RelationalResources.LogExecutedCommand(logger),
            RelationalResources.LogClosingDataReader(logger), RelationalResources.LogDisposingDataReader(logger),
        ];
        return
        [
            .. events.Where(definition => definition.WarningBehavior != WarningBehavior.Ignore)
                .Select(definition => (definition.Level, definition.WarningBehavior == WarningBehavior.Throw)).Distinct(),
        ];
    }
}
