-- recovery_now: a row is a withdrawal that stands recovered, with the earliest day of the recoveries that stand.
CREATE OR REPLACE TEMP TABLE recovery_now AS
SELECT entry.recovers AS id, MIN(entry.at) AS "at"
FROM entry ANTI JOIN void_entry USING (id)
WHERE entry.recovers IS NOT NULL AND entry.at <= $now
GROUP BY entry.recovers
