using Carafe.FastSqlite.Pooling;

namespace Carafe.FastSqlite.Connections;

/// <summary>What is known of a statement from its text. Read once for each text: it is longer than what is done with it.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="IsSingle">Whether it is sure to be one statement. Several commit one by one.</param>
/// <param name="AsksForLast">Whether it asks what its connection wrote last.</param>
/// <param name="IsCount">Whether it counts the rows of a table, if it has no parameters.</param>
/// <param name="Summary">What it does, without values: <c>SELECT posts</c>.</param>
internal sealed record Statement(StatementEffect Kind, bool IsSingle, bool AsksForLast, bool IsCount, string Summary)
{
    /// <summary>Whether a read says the same on any connection: it is nothing but a read, and does not ask for what its own connection did last.</summary>
    public bool RunsAnywhere => IsSingle && !AsksForLast;

    public static Statement Of(string text, StatementEffect kind) =>
        new(kind, StatementClassifier.IsSingle(text), StatementClassifier.AsksForLast(text), RowCountCache.IsCount(text),
            StatementSummary.Of(text));
}
