-- put_off_now: a row is a customer for whom a touch waits that met no answer, or was put off: in how many days the first
-- of them is due, and what they are called. What was due before today has lapsed: the plan decides anew about it.
CREATE OR REPLACE TEMP TABLE put_off_now AS
WITH last_step AS (
    SELECT touch, ARG_MAX(event, number) AS event, MAX(number) AS number
    FROM touch_event
    WHERE "at" <= $now AND touch IN (SELECT touch FROM touch_event WHERE due_on >= $today)
    GROUP BY touch
)
SELECT
    customer,
    MIN(DATE_DIFF('day', $today, due_on)) AS put_off_days,
    STRING_AGG(DISTINCT name, chr(10) ORDER BY name) AS put_off
FROM touch_event JOIN last_step USING (touch, number)
WHERE due_on >= $today AND last_step.event IN ('tried', 'deferred', 'reopened')
GROUP BY customer
