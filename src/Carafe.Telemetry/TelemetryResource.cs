using System.Reflection;
using OpenTelemetry.Resources;

namespace Carafe.Telemetry;

/// <summary>Names the app to the collector: by OTEL_SERVICE_NAME or its assembly, with its version. OTEL_RESOURCE_ATTRIBUTES adds to it.</summary>
internal sealed class TelemetryResource(IConfiguration configuration, IHostEnvironment environment)
{
    public ResourceBuilder Builder() =>
        ResourceBuilder.CreateDefault().AddService(
            configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : environment.ApplicationName,
            serviceVersion: Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
}
