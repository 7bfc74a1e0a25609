-- outcome_now and referral_now: a row is a customer; the last outcome, and how many they referred.
CREATE OR REPLACE TEMP TABLE outcome_now AS
SELECT customer, ARG_MAX(outcome, epoch_us("at")::HUGEINT * 1099511627776 + number) = 'left' AS has_left
FROM outcome ANTI JOIN void_outcome USING (id)
WHERE corrects IS NULL AND "at" <= $now AND outcome IN ('left', 'renewed', 'returned', 'bought', $success)
GROUP BY customer;

CREATE OR REPLACE TEMP TABLE referral_now AS
SELECT referrer AS customer, COUNT(DISTINCT customer) AS referrals
FROM outcome ANTI JOIN void_outcome USING (id)
WHERE corrects IS NULL AND "at" <= $now AND outcome = 'referred' AND referrer IS NOT NULL
GROUP BY referrer
