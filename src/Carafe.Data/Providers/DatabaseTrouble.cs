namespace Carafe.Data.Providers;

/// <summary>Describes what is wrong with the database as a whole, and not with one statement.</summary>
/// <param name="Kind">How bad it is.</param>
/// <param name="Reason">One sentence for the operator.</param>
internal sealed record DatabaseTrouble(DatabaseTroubleKind Kind, string Reason);

/// <summary>Lists the degrees of trouble, the worst last.</summary>
internal enum DatabaseTroubleKind
{
    /// <summary>It cannot be reached or cannot be written: a full disk, a lost connection.</summary>
    Unavailable,

    /// <summary>Its pages contradict each other.</summary>
    Damaged,

    /// <summary>Its file was moved, removed or replaced under the running server.</summary>
    Gone,
}
