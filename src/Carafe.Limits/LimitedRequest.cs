using System.Globalization;

namespace Carafe.Limits;

/// <summary>Holds what a request took, gives back what does not count, and writes the header fields before the response starts.</summary>
internal sealed class LimitedRequest(
    HttpContext context, IReadOnlyList<LimitRule> rules, LimitTake[] takes, LimitGate gate, LimitSettings settings, TimeProvider clock)
{
    public LimitState[] States { get; } = new LimitState[takes.Length];

    public void Allow() => context.Response.OnStarting(rules.Any(rule => rule.Declared.CountIf is not null) ? SettleAsync : WriteAsync);

    public void Refuse() => context.Response.OnStarting(WriteAsync);

    private async Task SettleAsync()
    {
        for (var at = 0; at < takes.Length; at++)
        {
            if (takes[at].Cost > 0 && rules[at].Declared.CountIf?.Invoke(context) is false)
            {
                await gate.ReturnAsync(takes.AsMemory(at, 1), States.AsMemory(at, 1));
                var rest = Math.Min(rules[at].Limit.Count, States[at].Remaining + takes[at].Cost);
                States[at] = States[at] with { Remaining = rest, Reset = rest == rules[at].Limit.Count ? TimeSpan.Zero : States[at].Reset };
            }
        }

        await WriteAsync();
    }

    private Task WriteAsync()
    {
        var headers = context.Response.Headers;
        for (var at = 0; at < takes.Length; at++)
        {
            LimitHeaders.Add(headers, rules[at].Label, rules[at].Limit, States[at]);
        }

        if (settings.RatelimitLegacyHeaders)
        {
            WriteLegacy(headers);
        }

        return Task.CompletedTask;
    }

    private void WriteLegacy(IHeaderDictionary headers)
    {
        var least = Enumerable.Range(0, takes.Length).Where(at => States[at].Remaining >= 0).MinBy(at => States[at].Remaining);
        var reset = (clock.GetUtcNow() + States[least].Reset).ToUnixTimeMilliseconds();
        headers["X-RateLimit-Limit"] = Text(takes[least].Limit.Count);
        headers["X-RateLimit-Remaining"] = Text(States[least].Remaining);
        headers["X-RateLimit-Reset"] = Text((long)Math.Ceiling(reset / 1000.0));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
