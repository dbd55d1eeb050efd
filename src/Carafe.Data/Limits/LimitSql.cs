namespace Carafe.Data.Limits;

/// <summary>Holds the statements of the store of limits. The number in its names is the version of their form: another version has names of its own.</summary>
internal static class LimitSql
{
    public const string Take = "SELECT * FROM carafe_limits_take_1($1, $2, $3, $4, $5, $6)";
    public const string Return = "SELECT carafe_limits_return_1($1, $2, $3, $4, $5)";
    public const string Prune = "DELETE FROM carafe_limits_1 WHERE expires < (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - 1000000";
    public const string IsThere = "SELECT to_regproc('carafe_limits_return_1') IS NOT NULL";

    // Times are microseconds of the server's clock, which is one for all replicas. If it is set back, what lies ahead of it is pulled back with it: a key
    // waits for its own window at most. Keys are locked in their order, so no two decisions wait for each other.
    public const string Create = """
        CREATE UNLOGGED TABLE IF NOT EXISTS carafe_limits_1 (
            key text PRIMARY KEY, expires bigint NOT NULL, taken int NOT NULL DEFAULT 0, times bigint[] NOT NULL DEFAULT '{}') WITH (fillfactor = 50);

        CREATE OR REPLACE FUNCTION carafe_limits_take_1(
            keys text[], kinds text[], counts int[], windows bigint[], intervals bigint[], costs int[])
            RETURNS TABLE (allowed boolean, remaining int, reset bigint, retry bigint, stamp bigint) LANGUAGE plpgsql AS $body$
        DECLARE
            n int := cardinality(keys);
            now bigint;
            row carafe_limits_1;
            ahead bigint;
            after bigint;
            most bigint;
            oks boolean[] := '{}';
            expiries bigint[] := '{}';
            takens int[] := '{}';
            stamps bigint[] := '{}';
            newest bigint;
            passes boolean := true;
        BEGIN
            IF EXISTS (SELECT FROM unnest(costs) c WHERE c > 0) THEN
                INSERT INTO carafe_limits_1 (key, expires) SELECT k, 0 FROM unnest(keys) k ORDER BY k ON CONFLICT DO NOTHING;
                PERFORM FROM carafe_limits_1 WHERE key = ANY(keys) ORDER BY key FOR UPDATE;
            END IF;
            now := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

            FOR i IN 1..n LOOP
                SELECT * INTO row FROM carafe_limits_1 WHERE key = keys[i];
                IF kinds[i] = 's' THEN
                    ahead := least(greatest(coalesce(row.expires, 0) - now, 0), counts[i] * intervals[i]);
                    oks[i] := costs[i] <= counts[i] AND ahead + costs[i] * intervals[i] <= counts[i] * intervals[i];
                    expiries[i] := now + ahead;
                    takens[i] := 0;
                    stamps[i] := 0;
                ELSIF kinds[i] = 'f' THEN
                    ahead := least(coalesce(row.expires, 0), now + windows[i]);
                    expiries[i] := CASE WHEN ahead > now THEN ahead ELSE now + windows[i] END;
                    takens[i] := CASE WHEN ahead > now THEN row.taken ELSE 0 END;
                    stamps[i] := expiries[i];
                    oks[i] := costs[i] <= counts[i] - takens[i];
                ELSE
                    newest := coalesce((SELECT max(t) FROM unnest(row.times) t), 0);
                    IF newest > now THEN
                        row.times := ARRAY(SELECT t - (newest - now) FROM unnest(row.times) t ORDER BY t);
                        UPDATE carafe_limits_1 SET times = row.times WHERE key = keys[i];
                        newest := now;
                    END IF;
                    takens[i] := (SELECT count(*) FROM unnest(row.times) t WHERE t > now - windows[i]);
                    stamps[i] := greatest(now, newest + 1);
                    expiries[i] := now + windows[i];
                    oks[i] := costs[i] <= counts[i] - takens[i];
                END IF;
                passes := passes AND oks[i];
            END LOOP;

            FOR i IN 1..n LOOP
                after := CASE WHEN passes THEN costs[i] ELSE 0 END;
                allowed := passes;
                stamp := stamps[i];
                retry := 0;
                IF kinds[i] = 's' THEN
                    most := counts[i] * intervals[i];
                    ahead := expiries[i] - now + after * intervals[i];
                    remaining := (most - ahead) / intervals[i];
                    reset := CASE WHEN ahead = 0 THEN 0 ELSE ahead - (counts[i] - remaining - 1) * intervals[i] END;
                    IF NOT oks[i] THEN
                        retry := CASE WHEN costs[i] > counts[i] THEN windows[i] ELSE ahead + costs[i] * intervals[i] - most END;
                    END IF;
                    IF after > 0 THEN
                        UPDATE carafe_limits_1 SET expires = now + ahead WHERE key = keys[i];
                    END IF;
                ELSIF kinds[i] = 'f' THEN
                    remaining := greatest(0, counts[i] - takens[i] - after);
                    reset := CASE WHEN takens[i] + after = 0 THEN 0 ELSE expiries[i] - now END;
                    IF NOT oks[i] THEN
                        retry := expiries[i] - now;
                    END IF;
                    IF after > 0 THEN
                        UPDATE carafe_limits_1 SET expires = expiries[i], taken = takens[i] + after WHERE key = keys[i];
                    END IF;
                ELSE
                    SELECT * INTO row FROM carafe_limits_1 WHERE key = keys[i];
                    row.times := ARRAY(SELECT t FROM unnest(row.times) t WHERE t > now - windows[i] ORDER BY t);
                    remaining := counts[i] - takens[i] - after;
                    reset := CASE WHEN takens[i] > 0 THEN row.times[1] + windows[i] - now WHEN after > 0 THEN windows[i] ELSE 0 END;
                    IF NOT oks[i] THEN
                        retry := CASE WHEN costs[i] > counts[i] THEN windows[i]
                            ELSE row.times[takens[i] + costs[i] - counts[i]] + windows[i] - now END;
                    END IF;
                    IF after > 0 THEN
                        UPDATE carafe_limits_1 SET expires = expiries[i], times = row.times || array_fill(stamps[i], ARRAY[after::int]) WHERE key = keys[i];
                    END IF;
                END IF;
                RETURN NEXT;
            END LOOP;
        END $body$;

        CREATE OR REPLACE FUNCTION carafe_limits_return_1(keys text[], kinds text[], intervals bigint[], costs int[], stamps bigint[])
            RETURNS void LANGUAGE plpgsql AS $body$
        BEGIN
            PERFORM FROM carafe_limits_1 WHERE key = ANY(keys) ORDER BY key FOR UPDATE;
            FOR i IN 1..cardinality(keys) LOOP
                IF kinds[i] = 's' THEN
                    UPDATE carafe_limits_1 SET expires = expires - costs[i] * intervals[i] WHERE key = keys[i];
                ELSIF kinds[i] = 'f' THEN
                    UPDATE carafe_limits_1 SET taken = taken - costs[i] WHERE key = keys[i] AND expires = stamps[i];
                ELSE
                    UPDATE carafe_limits_1 SET times = array_remove(times, stamps[i]) WHERE key = keys[i];
                END IF;
            END LOOP;
        END $body$;
        """;
}
