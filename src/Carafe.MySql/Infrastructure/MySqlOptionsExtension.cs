using System.Globalization;

namespace Carafe.MySql.Infrastructure;

/// <summary>Holds the settings of <c>UseMySql</c> in a context's options.</summary>
public sealed class MySqlOptionsExtension : RelationalOptionsExtension
{
    /// <summary>Creates an extension without a connection.</summary>
    public MySqlOptionsExtension()
    {
    }

    private MySqlOptionsExtension(MySqlOptionsExtension copyFrom)
        : base(copyFrom) => ServerVersion = copyFrom.ServerVersion;

    /// <inheritdoc/>
    public override DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this);

    /// <summary>Gets the version that the app named; null where the server is asked.</summary>
    public string? ServerVersion { get; private init; }

    internal string Endpoint => MySqlConnectionStrings.Endpoint(ConnectionString ?? Connection?.ConnectionString);

    /// <summary>Returns a copy with a version of the server.</summary>
    /// <param name="version">What <c>SELECT VERSION()</c> returns.</param>
    /// <exception cref="ArgumentException">It is no version, or one that is too old.</exception>
    public MySqlOptionsExtension WithServerVersion(string version)
    {
        if (!MySqlServerVersion.TryParse(version, out var parsed))
        {
            throw new ArgumentException($"'{version}' is not a version such as 10.11.6-MariaDB or 8.0.36.", nameof(version));
        }

        return parsed.IsSupported ? new MySqlOptionsExtension(this) { ServerVersion = version } : throw new ArgumentException(parsed.TooOld, nameof(version));
    }

    /// <inheritdoc/>
    protected override RelationalOptionsExtension Clone() => new MySqlOptionsExtension(this);

    /// <inheritdoc/>
    public override void ApplyServices(IServiceCollection services) => services.AddEntityFrameworkMySql();

    private sealed class ExtensionInfo(MySqlOptionsExtension extension) : RelationalExtensionInfo(extension)
    {
        // Contexts on two servers may not share queries: the servers may differ, also in more than the version that the app has set.
        private string Server => field ??= $"{extension.ServerVersion} {extension.Endpoint}";

        public override bool IsDatabaseProvider => true;

        public override string LogFragment => base.LogFragment;

        public override int GetServiceProviderHashCode() => HashCode.Combine(base.GetServiceProviderHashCode(), Server);

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
            base.ShouldUseSameServiceProvider(other) && other is ExtensionInfo info && info.Server == Server;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) =>
            debugInfo["MySql:Server"] = Server.GetHashCode(StringComparison.Ordinal).ToString(CultureInfo.InvariantCulture);
    }
}
