namespace Carafe.Configuration;

/// <summary>Is implemented by settings whose defaults depend on the environment, so that <c>config</c> lists what the app uses.</summary>
internal interface IEnvironmentDefaults
{
    /// <summary>Returns what stands for a setting that is not set; null where there is nothing to say.</summary>
    /// <param name="name">The name of the property.</param>
    /// <param name="environment">The environment.</param>
    string? Default(string name, IHostEnvironment environment);
}
