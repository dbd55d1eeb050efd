namespace Carafe.Tasks.Definitions;

/// <summary>Stores what a handler says about its run.</summary>
internal interface ITaskRecorder
{
    Task ReportAsync(Guid id, double fraction, string? message, CancellationToken cancellationToken);

    Task<IReadOnlyList<string?>> ResultsBeforeAsync(Guid id, CancellationToken cancellationToken);
}
