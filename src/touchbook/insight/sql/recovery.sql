-- recovery_now: a row is an entry that stands recovered, with the earliest of the recoveries that stand. That one alone
-- carries its points, and only while what it recovers is not void.
CREATE OR REPLACE TEMP TABLE recovery_now AS
SELECT
    entry.recovers AS id,
    MIN(entry.at) AS "at",
    FIRST(entry.id ORDER BY entry.at, entry.id) AS recovery,
    ANY_VALUE(recovered.id IS NULL) AS is_real
FROM entry
ANTI JOIN void_entry ON void_entry.id = entry.id
LEFT JOIN void_entry AS recovered ON recovered.id = entry.recovers
WHERE entry.recovers IS NOT NULL AND entry.at <= $now
GROUP BY entry.recovers
