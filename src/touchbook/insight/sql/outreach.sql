-- outreach_now: a row is a customer who was ever reached; how often, in sliding windows that end now.
CREATE OR REPLACE TEMP TABLE outreach_now AS
SELECT
    customer,
    COUNT(*) FILTER (age < 30) AS touches_30,
    COUNT(*) FILTER (age < 90) AS touches_90,
    COUNT(*) FILTER (age < 90 AND purpose = 'ask') AS asks_90,
    MIN(age) AS last_touch_days$windows
FROM reached_now
GROUP BY customer
