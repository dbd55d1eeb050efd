using System.Globalization;
using Carafe.Configuration;

namespace Carafe.Hosting;

/// <summary>
/// Runs the platform's start-up validation and reports one list of errors: the .env files, every options class with <c>ValidateOnStart</c> (those of
/// <c>AddSettings</c> included), the routes.
/// </summary>
internal sealed class StartupValidator(HostBootstrap ground, [FromKeyedServices(StartupValidator.Platform)] IStartupValidator platform,
    RouteTableValidator routes, TimeProvider clock) : IStartupValidator
{
    public const string Platform = "platform";

    private readonly AsyncLocal<bool> _collecting = new();

    public void Validate() => Refuse([.. SettingFaults(), .. routes.Faults()]);

    /// <summary>Validates what a command needs: it serves no routes.</summary>
    public void ValidateSettings() => Refuse(SettingFaults());

    public IReadOnlyList<string> SettingFaults()
    {
        if (_collecting.Value)
        {
            return [];
        }

        _collecting.Value = true;
        try
        {
            return [.. ground.Dotenv.Faults, .. PlatformFaults().Distinct(), .. ClockFaults()];
        }
        finally
        {
            _collecting.Value = false;
        }
    }

    // Tokens, certificates and row stamps made by such a clock would be wrong for good.
    private IEnumerable<string> ClockFaults()
    {
        var now = clock.GetUtcNow();
        if (now.Year is < 2020 or > 2200)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"The clock of this machine says {now:u}. Set it, for example with timedatectl, and start again.");
        }
    }

    private IEnumerable<string> PlatformFaults()
    {
        try
        {
            platform.Validate();
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
            return error.Faults;
        }
    }

    private static void Refuse(IReadOnlyList<string> errors)
    {
        if (errors.Count > 0)
        {
            throw new ConfigurationException(errors);
        }
    }
}
