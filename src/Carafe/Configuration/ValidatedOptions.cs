using Carafe.Hosting;

namespace Carafe.Configuration;

/// <summary>The one instance of a settings class. Asked for before the start, a fault is told with all the others and not alone.</summary>
internal sealed class ValidatedOptions<TSettings>(IOptionsFactory<TSettings> factory, IServiceProvider services) : IOptions<TSettings>
    where TSettings : class, new()
{
    private readonly Lock _making = new();
    private volatile TSettings? _value;

    public TSettings Value
    {
        get
        {
            lock (_making)
            {
                return _value ??= Make();
            }
        }
    }

    private TSettings Make()
    {
        try
        {
            return factory.Create(Options.DefaultName);
        }
        catch (OptionsValidationException fault)
        {
            var all = services.GetRequiredService<StartupValidator>().SettingFaults();
            throw new ConfigurationException(all.Count > 0 ? all : [.. fault.Failures]);
        }
    }
}
