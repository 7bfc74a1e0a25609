-- contact_now: a row is a customer whom anybody reached within the window of the contact ceiling, and on how many days
-- of the organisation: by a touch, or at a touchpoint whose moments begin with us. Whoever only saw a moment, or has one
-- that was taken back, was not reached.
CREATE OR REPLACE TEMP TABLE contact_now AS
WITH contact AS (
    SELECT customer, "at" FROM reached_now WHERE age < $ceiling_days
    UNION ALL
    SELECT entry.account, entry.at
    FROM entry
    JOIN touchpoint ON touchpoint.id = entry.touchpoint AND touchpoint.outreach
    ANTI JOIN void_entry ON void_entry.id = entry.id
    ANTI JOIN witness ON witness.moment = entry.moment AND witness.account = entry.account
    WHERE entry.account_kind = 'customer' AND entry.corrects IS NULL
        AND entry.at <= $now AND (epoch_us($now) - epoch_us(entry.at)) / 86400e6 < $ceiling_days
)
SELECT customer, COUNT(DISTINCT ("at" AT TIME ZONE 'UTC' AT TIME ZONE $timezone)::DATE) AS contacts
FROM contact
GROUP BY customer
