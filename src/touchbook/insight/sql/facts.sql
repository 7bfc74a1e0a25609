-- facts_now: a row is a customer; everything known about them before they are given a type.
-- The feeling is the level now and the slope of a weighted regression whose slope has a normal prior around 0:
--   A = [[Σw, Σwx], [Σwx, Σwx² + ridge]],  (level, trend) = A⁻¹ (Σwy, Σwxy),  errors from s² A⁻¹.
CREATE OR REPLACE TEMP TABLE facts_now AS
WITH fitted AS (
    SELECT
        *,
        s_w * (s_xx + $ridge) - s_x * s_x AS determinant,
        ((s_xx + $ridge) * s_y - s_x * s_xy) / determinant AS level,
        (s_w * s_xy - s_x * s_y) / determinant AS trend,
        GREATEST(
            s_yy - 2 * (level * s_y + trend * s_xy)
                + level * level * s_w + 2 * level * trend * s_x + trend * trend * s_xx, 0
        ) AS squares,
        ($noise_weight * $noise_variance + squares) / ($noise_weight + s_w) AS variance
    FROM answer_now
)
SELECT
    customer.id::VARCHAR AS customer,
    COALESCE(NULLIF(customer.name, ''), called.value, '') AS customer_name,
    customer.timezone,
    customer.owner_id::VARCHAR AS _owner,
    NULLIF(owning.name, '') AS owner,
    DATE_DIFF('day', customer.since, $today) AS tenure_days,
    COALESCE(attribute.hardship, FALSE) AS hardship,
    COALESCE(ledger_now.deposits, 0) - COALESCE(ledger_now.withdrawals, 0) AS balance,
    COALESCE(ledger_now.deposits, 0) AS deposits,
    COALESCE(ledger_now.withdrawals, 0) AS withdrawals,
    COALESCE(open_withdrawals, 0) AS open_withdrawals,
    COALESCE(open_weight, 0) AS open_weight,
    worst.name AS worst_open_touchpoint,
    worst_open_days,
    CASE
        WHEN balance < 0 THEN 'overdrawn'
        WHEN balance < $engaged_at THEN 'neutral'
        WHEN COALESCE(referral_now.referrals, 0) = 0 THEN 'engaged'
        ELSE 'advocate'
    END AS standing,
    COALESCE(moments_90, 0) AS moments_90,
    COALESCE(deposits_30, 0) AS deposits_30,
    COALESCE(withdrawals_30, 0) AS withdrawals_30,
    last_moment_days,
    last_withdrawal_days,
    latest.name AS last_touchpoint,
    last_kind,
    COALESCE(outreach_now.touches_30, 0) AS touches_30,
    COALESCE(outreach_now.touches_90, 0) AS touches_90,
    COALESCE(outreach_now.asks_90, 0) AS asks_90,
    last_touch_days,
    COALESCE(referral_now.referrals, 0) AS referrals,
    COALESCE(outcome_now.has_left, FALSE) AS has_left,
    COALESCE(contact_now.contacts, 0) AS _contacts,
    put_off_now.put_off AS _put_off,
    put_off_now.put_off_days AS _put_off_days$columns
FROM (SELECT *$attribute FROM customer WHERE since IS NULL OR since <= $today) AS customer
LEFT JOIN (SELECT customer_id, MIN(value) AS value FROM identifier GROUP BY customer_id) AS called
    ON called.customer_id = customer.id
LEFT JOIN ledger_now ON ledger_now.customer = customer.id
LEFT JOIN fitted ON fitted.customer = customer.id
LEFT JOIN outreach_now ON outreach_now.customer = customer.id
LEFT JOIN contact_now ON contact_now.customer = customer.id
LEFT JOIN put_off_now ON put_off_now.customer = customer.id
LEFT JOIN staff AS owning ON owning.id = customer.owner_id
LEFT JOIN outcome_now ON outcome_now.customer = customer.id
LEFT JOIN referral_now ON referral_now.customer = customer.id
LEFT JOIN touchpoint AS worst ON worst.id = ledger_now.worst_open
LEFT JOIN touchpoint AS latest ON latest.id = ledger_now.last_touchpoint
