namespace Carafe.Redis;

/// <summary>
/// Holds the scripts of the store of limits. Times are microseconds of the server's clock, which is one for all replicas. If it is set back, what lies ahead
/// of it is pulled back with it: a key waits for its own window at most.
/// </summary>
internal static class LimitScripts
{
    // A smooth limit is the time at which everything is back; a fixed window is its end and what it counted; a moving window is a sorted set of times, in
    // which each decision has a time of its own.
    public const string Take = """
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        local function text(number) return string.format('%.0f', number) end
        local plans, passes = {}, true
        for i, key in ipairs(KEYS) do
            local at = (i - 1) * 5
            local p = { kind = ARGV[at + 1], count = tonumber(ARGV[at + 2]), window = tonumber(ARGV[at + 3]), interval = tonumber(ARGV[at + 4]),
                cost = tonumber(ARGV[at + 5]), stamp = 0 }
            if p.kind == 's' then
                local arrival = tonumber(redis.call('GET', key) or '0') or 0
                p.most = p.count * p.interval
                p.ahead = math.min(math.max(arrival - now, 0), p.most)
                p.ok = p.cost <= p.count and p.ahead + p.cost * p.interval <= p.most
            elseif p.kind == 'f' then
                local kept = redis.call('HMGET', key, 'end', 'taken')
                p.ends = math.min(tonumber(kept[1] or '0') or 0, now + p.window)
                p.taken = tonumber(kept[2] or '0') or 0
                if p.ends <= now then p.ends, p.taken = now + p.window, 0 end
                p.ok, p.stamp = p.cost <= p.count - p.taken, p.ends
            else
                local newest = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]
                newest = newest and tonumber(newest) or 0
                if newest > now then
                    local all = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
                    for n = 1, #all, 2 do redis.call('ZADD', key, text(tonumber(all[n + 1]) - (newest - now)), all[n]) end
                    newest = now
                end
                redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now - p.window))
                p.taken = redis.call('ZCARD', key)
                p.stamp = math.max(now, newest + 1)
                p.ok = p.cost <= p.count - p.taken
            end
            passes = passes and p.ok
            plans[i] = p
        end
        local result = { passes and 1 or 0 }
        for i, key in ipairs(KEYS) do
            local p = plans[i]
            local cost, left, reset, retry = passes and p.cost or 0, 0, 0, 0
            if p.kind == 's' then
                local ahead = p.ahead + cost * p.interval
                left = math.floor((p.most - ahead) / p.interval)
                if ahead > 0 then reset = ahead - (p.count - left - 1) * p.interval end
                if not p.ok then retry = p.cost > p.count and p.window or ahead + p.cost * p.interval - p.most end
                if cost > 0 then redis.call('SET', key, text(now + ahead), 'PX', text(math.ceil(ahead / 1000))) end
            elseif p.kind == 'f' then
                left = math.max(0, p.count - p.taken - cost)
                if p.taken + cost > 0 then reset = p.ends - now end
                if not p.ok then retry = p.ends - now end
                if cost > 0 then
                    redis.call('HSET', key, 'end', text(p.ends), 'taken', text(p.taken + cost))
                    redis.call('PEXPIRE', key, text(math.ceil((p.ends - now) / 1000)))
                end
            else
                left = p.count - p.taken - cost
                if p.taken > 0 then
                    reset = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]) + p.window - now
                elseif cost > 0 then
                    reset = p.window
                end
                if not p.ok then
                    local first = p.taken + p.cost - p.count - 1
                    retry = p.cost > p.count and p.window or tonumber(redis.call('ZRANGE', key, first, first, 'WITHSCORES')[2]) + p.window - now
                end
                if cost > 0 then
                    for n = 1, cost do redis.call('ZADD', key, text(p.stamp), text(p.stamp) .. '-' .. n) end
                    redis.call('PEXPIRE', key, text(math.ceil(p.window / 1000)))
                end
            end
            for _, number in ipairs({ left, reset, retry, p.stamp }) do result[#result + 1] = text(number) end
        end
        return result
        """;

    public const string Return = """
        for i, key in ipairs(KEYS) do
            local at = (i - 1) * 4
            local kind, interval, cost, stamp = ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), ARGV[at + 4]
            if kind == 's' then
                local arrival = tonumber(redis.call('GET', key) or '0') or 0
                if arrival > 0 then redis.call('SET', key, string.format('%.0f', arrival - cost * interval), 'KEEPTTL') end
            elseif kind == 'f' then
                if redis.call('HGET', key, 'end') == stamp then redis.call('HINCRBY', key, 'taken', -cost) end
            else
                redis.call('ZREMRANGEBYSCORE', key, stamp, stamp)
            end
        end
        return 1
        """;
}
