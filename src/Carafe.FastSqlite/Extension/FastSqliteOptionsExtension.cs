using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal;

namespace Carafe.FastSqlite.Extension;

/// <summary>Tells EF Core that a context uses the layer, as EF Core's own extensions do.</summary>
internal sealed class FastSqliteOptionsExtension(FastSqliteOptions? options, string? objection) : IDbContextOptionsExtension
{
    // An app is known by the factory of its scopes, which lives as long as it does.
    private static readonly ConditionalWeakTable<object, FastSqliteOptions> _apps = [];
    private static readonly FastSqliteOptions _withoutApp = new();

    public FastSqliteOptionsExtension(FastSqliteOptions? options)
        : this(options, ProvenVersions.Objection)
    {
    }

    public DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this, objection);

    /// <summary>The settings, with what contexts share.</summary>
    public FastSqliteOptions Options(IServiceProvider? app) =>
        options
        ?? app?.GetService<FastSqliteOptions>()
        ?? (app?.GetService<IServiceScopeFactory>() is { } scopes ? _apps.GetValue(scopes, static _ => new()) : _withoutApp);

    public void ApplyServices(IServiceCollection services) => services.AddFastSqlite(objection);

    public void Validate(IDbContextOptions options)
    {
        if (options.FindExtension<SqliteOptionsExtension>() is null)
        {
            throw new InvalidOperationException(
                "UseFastSqlite() is for SQLite: call UseSqlite(...) on the same options, or leave UseFastSqlite() out for another provider.");
        }

        LayerSwitch.Check(options);
    }

    private sealed class ExtensionInfo(FastSqliteOptionsExtension extension, string? objection) : DbContextOptionsExtensionInfo(extension)
    {
        private string? Objection => objection;

        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using FastSqlite ";

        public override int GetServiceProviderHashCode() => objection?.GetHashCode(StringComparison.Ordinal) ?? 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo info && info.Objection == Objection;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["FastSqlite"] = "1";
    }
}
