using System.Globalization;

namespace Carafe.Limits;

/// <summary>Runs the handler of an endpoint if its limits allow it.</summary>
internal sealed class LimitedHandler(
    IReadOnlyList<LimitRule> rules, RequestDelegate handler, LimitGate gate, RefusalDelay delay, LimitSettings settings, LimitMetrics metrics,
    TimeProvider clock)
{
    private static readonly ApiError Away = new(StatusCodes.Status503ServiceUnavailable, "Requests cannot be counted at the moment. Try again later.")
    {
        Reason = "limits_unavailable",
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    private readonly bool _isFinal = rules.All(rule => rule.Declared.CountIf is null);

    public async Task RunAsync(HttpContext context)
    {
        var active = rules;
        if (rules.Any(rule => rule.Declared.Unless is not null))
        {
            active = [.. rules.Where(rule => rule.Declared.Unless?.Invoke(context) is not true)];
            if (active.Count == 0)
            {
                await handler(context);
                return;
            }
        }

        var takes = new LimitTake[active.Count];
        for (var at = 0; at < takes.Length; at++)
        {
            takes[at] = new LimitTake(active[at].Limit, active[at].Declared.By(context), active[at].CostOf(context));
        }

        var request = new LimitedRequest(context, active, takes, gate, settings, clock);
        var decision = await gate.TakeAsync(takes, request.States, _isFinal, context.RequestAborted);
        switch (decision)
        {
            case LimitDecision.Allowed:
                request.Allow();
                await handler(context);
                break;
            case LimitDecision.Refused:
                request.Refuse();
                await delay.WaitAsync(context);
                await context.WriteErrorAsync(Refusal(active, request.States));
                break;
            default:
                await (active.Any(rule => rule.Declared.WhenAway == LimitFailure.Closed) ? context.WriteErrorAsync(Away) : handler(context));
                break;
        }
    }

    // The one to wait for longest: before, another request would be refused as well.
    private ApiError Refusal(IReadOnlyList<LimitRule> rules, LimitState[] states)
    {
        var wait = states.Max(state => state.RetryAfter);
        var limit = rules[Array.FindIndex(states, state => state.RetryAfter == wait)].Limit;
        metrics.Refused(limit.Name);
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new(StatusCodes.Status429TooManyRequests, $"Too many requests: {limit} are allowed. Try again in {seconds} s.")
        {
            Reason = "rate_limited",
            RetryAfter = wait,
        };
    }
}
