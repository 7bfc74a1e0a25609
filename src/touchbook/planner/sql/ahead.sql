-- person_ahead: a row is somebody to whom the weeks ahead bring what the period before brought a customer: the customer
-- (round 0), or one who is expected to join in a later round as the customer did.
CREATE OR REPLACE TEMP TABLE person_ahead AS
SELECT id AS customer, id AS person, 0 AS joins FROM customer
UNION ALL
SELECT id, md5(concat(id, ' joins ', joins))::UUID, joins::INTEGER
FROM customer, range(1, $rounds + 1) AS round (joins)
WHERE since > $from_day AND since <= $until_day;

-- shift_ahead: a row is one round of the period, and by how many days it moves what happened.
CREATE OR REPLACE TEMP TABLE shift_ahead AS
SELECT round, to_days(($lag_days + round * $period_days)::INTEGER) AS shift FROM range(1, $rounds + 1) AS one (round);

-- entry_ahead: a row is an entry that happens again; a recovery comes again with the withdrawal that it makes good.
CREATE OR REPLACE TEMP TABLE entry_ahead AS
WITH again AS (
    SELECT * FROM entry ANTI JOIN void_entry USING (id)
    WHERE corrects IS NULL AND account_kind = 'customer' AND "at" > $from AND "at" <= $until
)
SELECT again.* REPLACE (
    again.number + round * $numbers_a_round AS number,
    md5(concat(again.id, person, round))::UUID AS id,
    again."at" + shift AS "at",
    md5(concat(again.moment, round))::UUID AS moment,
    person AS account,
    CASE WHEN again.recovers IS NOT NULL THEN md5(concat(again.recovers, person, round))::UUID END AS recovers
)
FROM again
JOIN person_ahead ON person_ahead.customer = again.account
JOIN shift_ahead ON shift_ahead.round >= person_ahead.joins
WHERE again."at" + shift <= $end AND (again.recovers IS NULL OR again.recovers IN (SELECT id FROM again));

-- witness_ahead: a row is somebody who only saw a moment that happens again.
CREATE OR REPLACE TEMP TABLE witness_ahead AS
SELECT witness.* REPLACE (
    witness."at" + shift AS "at", md5(concat(witness.moment, round))::UUID AS moment, person AS account
)
FROM witness
JOIN person_ahead ON person_ahead.customer = witness.account
JOIN shift_ahead ON shift_ahead.round >= person_ahead.joins
WHERE witness."at" > $from AND witness."at" <= $until;

-- answer_ahead: a row is an answer that comes again, because no touch had asked for it; others are expected week by week.
CREATE OR REPLACE TEMP TABLE answer_ahead AS
WITH again AS (
    SELECT * FROM answer ANTI JOIN void_answer USING (id)
    WHERE corrects IS NULL AND "at" > $from AND "at" <= $until
    AND id NOT IN (SELECT answer FROM asked_known WHERE answer IS NOT NULL)
)
SELECT again.* REPLACE (
    again.number + round * $numbers_a_round AS number,
    md5(concat(again.id, person, round))::UUID AS id,
    again."at" + shift AS "at",
    person AS customer
)
FROM again
JOIN person_ahead ON person_ahead.customer = again.customer
JOIN shift_ahead ON shift_ahead.round >= person_ahead.joins
WHERE again."at" + shift <= $end;

-- customer_ahead and consent_ahead: a row is one who is expected to join, and what they allow.
CREATE OR REPLACE TEMP TABLE customer_ahead AS
SELECT customer.* REPLACE (person AS id, (since + shift)::DATE AS since)
FROM customer
JOIN person_ahead ON person_ahead.customer = customer.id
JOIN shift_ahead ON shift_ahead.round = person_ahead.joins;

CREATE OR REPLACE TEMP TABLE consent_ahead AS
SELECT consent.* REPLACE (person AS customer_id)
FROM consent JOIN person_ahead ON person_ahead.customer = consent.customer_id
WHERE joins > 0;

-- outcome_ahead and touch_event_ahead: who leaves and which touches are made, filled week by week.
CREATE OR REPLACE TEMP TABLE outcome_ahead AS SELECT * FROM outcome LIMIT 0;
CREATE OR REPLACE TEMP TABLE touch_event_ahead AS SELECT * FROM touch_event LIMIT 0
