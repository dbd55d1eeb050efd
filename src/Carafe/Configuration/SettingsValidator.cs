using System.Globalization;

namespace Carafe.Configuration;

/// <summary>
/// Runs the platform's start-up validation and reports one list of errors: the .env files, every options class with <c>ValidateOnStart</c> (those of
/// <c>AddSettings</c> included), the machine's clock.
/// </summary>
internal sealed class SettingsValidator(HostBootstrap bootstrap, IServiceProvider services, TimeProvider clock)
{
    private readonly AsyncLocal<bool> _collecting = new();

    /// <summary>Gets whether the options classes are being asked for their errors.</summary>
    public bool IsCollecting => _collecting.Value;

    /// <summary>Validates what a command needs: it serves no routes.</summary>
    /// <exception cref="ConfigurationException">Lists every error.</exception>
    public void Validate() => ConfigurationException.ThrowIfAny(Errors());

    public IReadOnlyList<string> Errors()
    {
        if (IsCollecting)
        {
            return [];
        }

        _collecting.Value = true;
        try
        {
            return [.. bootstrap.Dotenv.Errors, .. PlatformErrors().Distinct(), .. ClockErrors()];
        }
        finally
        {
            _collecting.Value = false;
        }
    }

    // Tokens, certificates and row stamps made by such a clock would be wrong for good.
    private IEnumerable<string> ClockErrors()
    {
        var now = clock.GetUtcNow();
        if (now.Year is < 2020 or > 2200)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"The clock of this machine says {now:u}. Set it, for example with timedatectl, and start again.");
        }
    }

    private IEnumerable<string> PlatformErrors()
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException error)
        {
            return error.Failures;
        }
        catch (AggregateException errors) when (errors.InnerExceptions.All(error => error is OptionsValidationException))
        {
            return errors.InnerExceptions.SelectMany(error => ((OptionsValidationException)error).Failures);
        }
        catch (ConfigurationException error)
        {
            // A validator needs settings that are themselves invalid.
            return error.Errors;
        }
    }
}
