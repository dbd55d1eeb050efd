namespace Carafe.Limits;

/// <summary>Pairs a limit with what its declaration says of requests.</summary>
internal sealed class LimitRule(Limit limit, LimitMetadata declared, string label)
{
    public Limit Limit => limit;

    public LimitMetadata Declared => declared;

    /// <summary>Gets its name in the header fields, where limits of one name are told apart.</summary>
    public string Label => label;

    public int CostOf(HttpContext context)
    {
        var cost = declared.Cost?.Invoke(context) ?? 1;
        return cost >= 0 ? cost : throw new InvalidOperationException($"The cost of a request to {limit.Name} is negative: {cost}.");
    }

    public override string ToString()
    {
        var by = declared.By.Method;
        return by.DeclaringType != typeof(LimitBy) ? $"{limit} by a key of its own"
            : by.Name switch
            {
                nameof(LimitBy.AccountOrAddress) => $"{limit} by account or address",
                nameof(LimitBy.Address) => $"{limit} by address",
                _ => $"{limit} for everybody",
            };
    }
}
