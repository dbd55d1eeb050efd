namespace Carafe;

/// <summary>Is metadata that does nothing without a service: the start refuses an app that has the one and not the other.</summary>
internal interface IRequiresService
{
    /// <summary>The service that reads it.</summary>
    Type Service { get; }

    /// <summary>How an app adds the service, such as <c>builder.Services.AddLimits()</c>.</summary>
    string Registration { get; }

    /// <summary>The call that added the metadata, such as <c>WithLimit</c>.</summary>
    string Call { get; }
}
