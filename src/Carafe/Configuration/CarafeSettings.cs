namespace Carafe;

/// <summary>The settings of the core.</summary>
public sealed class CarafeSettings
{
    /// <summary><c>SECRET_KEY</c>: signs what the app hands out and takes back, such as page cursors. At least 32 bytes.</summary>
    [Secret]
    public string SecretKey { get; set; } = "";

    /// <summary><c>PORT</c>: listens on this port, on every address in Production and on 127.0.0.1 elsewhere. <c>ASPNETCORE_URLS</c> wins over it. Default 5000 on 127.0.0.1.</summary>
    [System.ComponentModel.DataAnnotations.Range(0, 65535)]
    public int? Port { get; set; }

    /// <summary>
    /// <c>PROPAGATE_EXCEPTIONS</c>: an unhandled exception is thrown on to the server instead of answered with 500, so that a test sees its stack trace.
    /// Refused in Production. Default false.
    /// </summary>
    public bool PropagateExceptions { get; set; }
}
