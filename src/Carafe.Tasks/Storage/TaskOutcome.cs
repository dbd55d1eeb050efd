namespace Carafe.Tasks.Storage;

/// <summary>Describes how an attempt ended.</summary>
internal sealed record TaskOutcome(OutcomeKind Kind)
{
    public static readonly TaskOutcome GiveBack = new(OutcomeKind.GiveBack);
    public static readonly TaskOutcome Lost = new(OutcomeKind.Lost);

    public string? Result { get; init; }

    public string? Error { get; init; }

    public TimeSpan Delay { get; init; }
}

internal enum OutcomeKind
{
    Succeeded,
    Retry,
    Parked,

    /// <summary>The worker stops: the attempt does not count.</summary>
    GiveBack,

    /// <summary>The task is another's, or was cancelled: nothing is recorded.</summary>
    Lost,
}
