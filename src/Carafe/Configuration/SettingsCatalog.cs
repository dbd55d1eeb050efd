using System.Reflection;
using System.Xml.Linq;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace Carafe.Configuration;

/// <summary>Knows every setting of the app: its value, where it came from, its default and what it means.</summary>
internal sealed class SettingsCatalog(IEnumerable<SettingsClass> classes, IConfiguration configuration, HostBootstrap bootstrap, DataFolder data,
    IServiceProvider services)
{
    // Settings without a class: they are read before there are services, or by the platform.
    private static readonly string[] Others =
        ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DATA_FOLDER", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_URLS"];

    private IReadOnlyList<SettingState>? _all;

    public IReadOnlyList<SettingState> All => _all ??= Read();

    /// <summary>Finds names in the environment and the .env files that are almost a setting's.</summary>
    public IEnumerable<(string Name, string Nearest)> Misspelled()
    {
        var known = classes.SelectMany(settings => SettingProperty.Of(settings.Type))
            .SelectMany(setting => setting.IsSecret ? [setting.Name, setting.Name + "_FILE"] : new[] { setting.Name })
            .Concat(Others).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var set = Environment.GetEnvironmentVariables().Keys.Cast<string>().Concat(bootstrap.Dotenv.Values.Keys);
        return from name in set.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)
               where name.Length > 5 && !known.Contains(name) && !name.Contains("__", StringComparison.Ordinal)
               let nearest = known.MinBy(other => Distance(name.ToUpperInvariant(), other))
               where nearest.Length > 5 && Distance(name.ToUpperInvariant(), nearest) <= 2
               select (name, nearest);
    }

    private List<SettingState> Read()
    {
        var files = new Dictionary<Assembly, XDocument?>();
        return
        [
            .. from settings in classes
               let now = services.GetRequiredService(settings.Type)
               let initial = Activator.CreateInstance(settings.Type)
               from property in SettingProperty.Of(settings.Type)
               orderby property.Name
               select State(property, property.Property.GetValue(now), property.Property.GetValue(initial), SettingMeaning.Of(property.Property, files),
                   (now as IEnvironmentDefaults)?.Default(property.Property.Name, services.GetRequiredService<IHostEnvironment>())),
        ];
    }

    private SettingState State(SettingProperty property, object? now, object? initial, string meaning, string? implied)
    {
        var (value, standard) = (SettingFormat.Text(now), SettingFormat.Text(initial));
        if (value.Length == 0 && implied is not null)
        {
            return new SettingState(property, implied, standard, $"default of {services.GetRequiredService<IHostEnvironment>().EnvironmentName}", meaning);
        }

        var source = Source(property) ?? (value == standard ? "default" : property.IsSecret ? Generated(property) : "the app");
        return new SettingState(property, property.IsSecret && value.Length > 0 ? "***" : value, property.IsSecret ? "" : standard, source, meaning);
    }

    private string Generated(SettingProperty property) =>
        File.Exists(data.Resolve($".carafe/{property.Name}")) ? $".carafe/{property.Name}" : "generated for this start";

    private string? Source(SettingProperty property) =>
        Source(property.Name)
        ?? (property.IsSecret && configuration[property.Name + "_FILE"] is { Length: > 0 } file ? $"{property.Name}_FILE ({file})" : null);

    private string? Source(string name) => ((IConfigurationRoot)configuration).Providers.Reverse()
        .Where(provider => provider.TryGet(name, out var value) ? value is { Length: > 0 } : provider.GetChildKeys([], name).Any())
        .Select(provider => provider switch
        {
            EnvironmentVariablesConfigurationProvider => "environment",
            JsonConfigurationProvider json => json.Source.Path ?? "JSON",
            MemoryConfigurationProvider when bootstrap.Dotenv.Values.ContainsKey(name) => ".env",
            _ => "the app",
        })
        .FirstOrDefault();

    // Levenshtein: how many letters must be added, removed or changed.
    private static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > 2)
        {
            return int.MaxValue;
        }

        var last = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var now = new int[other.Length + 1];
            now[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                now[j + 1] = Math.Min(Math.Min(now[j], last[j + 1]) + 1, last[j] + (one[i] == other[j] ? 0 : 1));
            }

            last = now;
        }

        return last[^1];
    }
}

/// <summary>Names a settings class of the app.</summary>
internal sealed record SettingsClass(Type Type);

/// <summary>Holds a setting as it is in force.</summary>
internal sealed record SettingState(SettingProperty Property, string Value, string Default, string Source, string Meaning)
{
    public bool IsSet => Source != "default";
}
