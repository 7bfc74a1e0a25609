-- A row is a day (where the organisation is at home), a touchpoint and a practice: in how many moments it happened, and
-- the points that customers and those who only saw it felt. A row without a kind counts all moments of that day there.
-- Accounts of staff are their own, and are no part of this. Runs after the statements of the state.
WITH line AS (
    SELECT
        entry.touchpoint,
        entry.practice,
        entry.kind,
        entry.moment,
        entry.points,
        ("at" AT TIME ZONE 'UTC' AT TIME ZONE $timezone)::DATE AS day,
        entry.kind = 'withdrawal' AND recovery_now.id IS NULL AS is_open
    FROM (SELECT * FROM entry WHERE account_kind <> 'staff' AND corrects IS NULL AND "at" <= $now AND "at" > $since)
        AS entry
    ANTI JOIN void_entry ON void_entry.id = entry.id
    LEFT JOIN (SELECT id FROM recovery_now) AS recovery_now ON recovery_now.id = entry.id
    LEFT JOIN (SELECT recovery FROM recovery_now WHERE is_real) AS carries ON carries.recovery = entry.id
    WHERE entry.recovers IS NULL OR carries.recovery IS NOT NULL
)
SELECT
    touchpoint,
    practice,
    kind,
    day,
    COUNT(DISTINCT moment) AS moments,
    SUM(points) AS points,
    COALESCE(SUM(points) FILTER (is_open), 0) AS open_points
FROM line
GROUP BY GROUPING SETS ((touchpoint, practice, kind, day), (touchpoint, day))
