-- reached_now: a row is a touch that reached a customer, or may have: made, or in flight and not yet known to have failed.
-- What was settled by mistake, and reopened since, reached nobody; nor does what was tried without an answer.
CREATE OR REPLACE TEMP TABLE reached_now AS
WITH in_flight AS (
    SELECT touch, ARG_MAX(event, number) AS event
    FROM touch_event
    WHERE "at" <= $now AND touch IN (SELECT touch FROM touch_event WHERE event = 'claimed')
    GROUP BY touch
    HAVING ARG_MAX(event, number) IN ('claimed', 'unknown')
), reopened AS (
    SELECT touch, MAX(number) AS reopened_number
    FROM touch_event
    WHERE "at" <= $now AND event = 'reopened'
    GROUP BY touch
)
SELECT customer, name, channel, purpose, "at", (epoch_us($now) - epoch_us("at")) / 86400e6 AS age
FROM touch_event LEFT JOIN in_flight USING (touch, event) LEFT JOIN reopened USING (touch)
WHERE "at" <= $now AND (touch_event.event = 'made' OR in_flight.touch IS NOT NULL)
    AND (reopened_number IS NULL OR touch_event.number > reopened_number)
