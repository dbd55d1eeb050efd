using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal;

namespace Carafe.FastSqlite.Extension;

/// <summary>Tells EF Core that a context uses the layer, as EF Core's own extensions do.</summary>
internal sealed partial class FastSqliteOptionsExtension(FastSqliteOptions? options) : IDbContextOptionsExtension
{
    // An app is known by the factory of its scopes, which lives as long as it does.
    private static readonly ConditionalWeakTable<object, FastSqliteOptions> _apps = [];
    private static readonly FastSqliteOptions _withoutApp = new();

    public DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this);

    /// <summary>The settings, with what contexts share.</summary>
    public FastSqliteOptions Options(IServiceProvider? app) =>
        options
        ?? app?.GetService<FastSqliteOptions>()
        ?? (app?.GetService<IServiceScopeFactory>() is { } scopes ? _apps.GetValue(scopes, static _ => new()) : _withoutApp);

    public void ApplyServices(IServiceCollection services) => services.AddEntityFrameworkFastSqlite();

    public void Validate(IDbContextOptions options)
    {
        if (options.FindExtension<SqliteOptionsExtension>() is null)
        {
            throw new InvalidOperationException(
                "UseFastSqlite() is for SQLite: call UseSqlite(...) on the same options, or leave UseFastSqlite() out for another provider.");
        }

        if (ProvenVersions.Objection is { } objection && LoggerFactory(options) is { } loggers)
        {
            LogOff(loggers.CreateLogger("Carafe.FastSqlite"), objection);
        }
    }

    private static ILoggerFactory? LoggerFactory(IDbContextOptions options)
    {
        var core = options.FindExtension<CoreOptionsExtension>();
        return core?.LoggerFactory ?? core?.ApplicationServiceProvider?.GetService<ILoggerFactory>();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "UseFastSqlite() is off, and EF Core works as it does without: {Reason}")]
    private static partial void LogOff(ILogger logger, string reason);

    private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using FastSqlite ";

        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["FastSqlite"] = "1";
    }
}
