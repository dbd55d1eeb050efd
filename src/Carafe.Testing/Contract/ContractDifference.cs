namespace Carafe.Testing;

/// <summary>Ranks differences: what a client of the written document notices first comes first.</summary>
internal enum ContractRank
{
    Operation,
    Success,
    Request,
    Error,
    Extra,
}

/// <summary>Represents a difference between a written document and an app's, in one operation.</summary>
internal sealed record ContractDifference(string Operation, ContractRank Rank, string Text)
{
    /// <summary>Returns the differences by operation, the most important first.</summary>
    public static string Report(string file, IReadOnlyList<ContractDifference> differences, int operations)
    {
        var byOperation = differences.GroupBy(difference => difference.Operation)
            .Select(group => (group.Key, Differences: group.OrderBy(difference => difference.Rank).ToList()))
            .OrderBy(group => group.Differences[0].Rank).ThenByDescending(group => group.Differences.Count(first => first.Rank == group.Differences[0].Rank))
            .ToList();
        var lines = byOperation.SelectMany(group => group.Differences.Select(difference => $"  {difference.Text}").Prepend(group.Key));
        return $"The app does not implement {file}: {byOperation.Count} operations differ, of {operations} in the document.{Environment.NewLine}"
            + string.Join(Environment.NewLine, lines);
    }
}
