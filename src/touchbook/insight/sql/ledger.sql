-- ledger_now: a row is a customer with entries; what they weigh now, and when they last happened.
--   deposit      p · 2^(−age / h)  unless it recovers what is void, or what an earlier one recovers
--   withdrawal   p · 2^(−age / h')  until it is recovered, and by h from that day on; times the asymmetry
CREATE OR REPLACE TEMP TABLE ledger_now AS
WITH spent AS (  -- few, if any: to look for them is quicker than to ask of every entry whether it is one that counts
    SELECT entry.id
    FROM entry ANTI JOIN recovery_now ON recovery_now.recovery = entry.id AND recovery_now.is_real
    WHERE entry.recovers IS NOT NULL
), line AS (
    SELECT
        entry.number,
        entry.account,
        entry.touchpoint,
        entry.moment,
        entry.kind,
        entry.kind = 'deposit' AS is_deposit,
        entry.kind = 'withdrawal' AND recovery_now.at IS NULL AS is_open,
        CASE WHEN spent.id IS NULL THEN entry.points ELSE 0 END AS points,
        -- by time, and of several at one time by arrival, so that "the last" is always the same one
        epoch_us(entry.at)::HUGEINT * 1099511627776 + entry.number AS place,
        (epoch_us($now) - epoch_us(entry.at)) / 86400e6 AS age,
        (epoch_us($now) - epoch_us(GREATEST(recovery_now.at, entry.at))) / 86400e6 AS closed_age
    FROM entry
    LEFT JOIN recovery_now ON recovery_now.id = entry.id
    LEFT JOIN spent ON spent.id = entry.id
    ANTI JOIN void_entry ON void_entry.id = entry.id
    WHERE entry.account_kind = 'customer' AND entry.corrects IS NULL AND entry.at <= $now
), weighed AS (
    SELECT
        *,
        CASE
            WHEN is_deposit THEN points * pow(2, -age / $half_life_days)
            WHEN is_open THEN $asymmetry * points * pow(2, -age / $unresolved_half_life_days)
            ELSE $asymmetry * points
                * pow(2, -(age - closed_age) / $unresolved_half_life_days)
                * pow(2, -closed_age / $half_life_days)
        END AS weight,
        (LEAST(weight, 1e9) * 1e6)::HUGEINT * 1099511627776 + number AS heaviest  -- the later of two that weigh the same
    FROM line
)
SELECT
    account AS customer,
    COALESCE(SUM(weight) FILTER (is_deposit), 0) AS deposits,
    COALESCE(SUM(weight) FILTER (NOT is_deposit), 0) AS withdrawals,
    COALESCE(SUM(weight) FILTER (is_open), 0) AS open_weight,
    COUNT(*) FILTER (is_open AND weight >= $open_at_least) AS open_withdrawals,
    ARG_MAX(touchpoint, heaviest) FILTER (is_open) AS worst_open,
    ARG_MAX(age, heaviest) FILTER (is_open) AS worst_open_days,
    COUNT(DISTINCT moment) FILTER (age < 90) AS moments_90,
    COUNT(*) FILTER (is_deposit AND age < 30) AS deposits_30,
    COUNT(*) FILTER (NOT is_deposit AND age < 30) AS withdrawals_30,
    MIN(age) AS last_moment_days,
    MIN(age) FILTER (NOT is_deposit) AS last_withdrawal_days,
    ARG_MAX(touchpoint, place) AS last_touchpoint,
    ARG_MAX(kind, place) AS last_kind
FROM weighed
GROUP BY account
