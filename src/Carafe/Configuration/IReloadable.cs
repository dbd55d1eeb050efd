namespace Carafe.Configuration;

/// <summary>Reads again, while the server runs, what an operator has changed: on SIGHUP.</summary>
internal interface IReloadable
{
    /// <summary>Gets whether there is anything to read again.</summary>
    bool IsConfigured { get; }

    /// <summary>Reads it again. What cannot be read is logged, and stays as it was.</summary>
    void Reload();
}
