-- outreach_now: a row is a customer who was ever reached; touches really made, in sliding windows that end now.
CREATE OR REPLACE TEMP TABLE outreach_now AS
SELECT
    customer,
    COUNT(*) FILTER (age < 30) AS touches_30,
    COUNT(*) FILTER (age < 90) AS touches_90,
    COUNT(*) FILTER (age < 90 AND purpose = 'ask') AS asks_90,
    MIN(age) AS last_touch_days$windows
FROM (
    SELECT *, (epoch_us($now) - epoch_us("at")) / 86400e6 AS age
    FROM touch_event WHERE event = 'made' AND "at" <= $now
)
GROUP BY customer
