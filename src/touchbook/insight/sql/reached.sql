-- reached_now: a row is a touch that reached a customer, or may have: made, or in flight and not yet known to have failed.
CREATE OR REPLACE TEMP TABLE reached_now AS
WITH in_flight AS (
    SELECT touch, ARG_MAX(event, number) AS event
    FROM touch_event
    WHERE "at" <= $now AND touch IN (SELECT touch FROM touch_event WHERE event = 'claimed')
    GROUP BY touch
    HAVING ARG_MAX(event, number) IN ('claimed', 'unknown')
)
SELECT customer, name, channel, purpose, "at", (epoch_us($now) - epoch_us("at")) / 86400e6 AS age
FROM touch_event LEFT JOIN in_flight USING (touch, event)
WHERE "at" <= $now AND (touch_event.event = 'made' OR in_flight.touch IS NOT NULL)
