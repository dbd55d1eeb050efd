namespace Carafe.Configuration;

/// <summary>Provides the one instance of a settings class. An error found before the start is reported with all the others.</summary>
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
        catch (OptionsValidationException error)
        {
            var all = services.GetRequiredService<SettingsValidator>().Errors();
            throw new ConfigurationException(all.Count > 0 ? all : [.. error.Failures]);
        }
    }
}
