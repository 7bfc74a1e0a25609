-- A row is a customer: the state, what they were promised, who has a touch to make to them, and their place in each
-- order in which a list can be read.
COPY (
    SELECT
        * EXCLUDE (_called),
        ROW_NUMBER() OVER (ORDER BY _at_risk DESC, customer) AS _by_need,
        ROW_NUMBER() OVER (ORDER BY _called = '', _called, customer) AS _by_name,
        ROW_NUMBER() OVER (ORDER BY balance, customer) AS _by_balance,
        ROW_NUMBER() OVER (ORDER BY $silent_days DESC NULLS LAST, customer) AS _by_silence
    FROM (
        SELECT
            state_rows.* REPLACE (state_rows.customer::UUID AS customer, _owner::UUID AS _owner),
            COALESCE(promised.overdue, 0) AS $promises_overdue,
            _contacts AS $contact_days,
            COALESCE(LEAST(last_moment_days, last_touch_days), tenure_days) AS $silent_days,
            CASE WHEN has_left THEN -1 ELSE COALESCE(lifetime_value * (1 - stay_probability), 0) END AS _at_risk,
            called.name AS _called,
            given.teams AS _teams,
            given.givers AS _givers
        FROM state_rows
        LEFT JOIN called_rows AS called ON called.customer = state_rows.customer
        LEFT JOIN (
            SELECT customer_id::UUID::VARCHAR AS customer, COUNT(*) AS overdue
            FROM promise_rows WHERE settled_at = '' AND due_on < $today GROUP BY customer
        ) AS promised ON promised.customer = state_rows.customer
        LEFT JOIN (
            SELECT
                customer::UUID::VARCHAR AS customer,
                LIST(DISTINCT team) FILTER (team <> '') AS teams,
                LIST(DISTINCT NULLIF(owner, '')::UUID) FILTER (owner <> '') AS givers
            FROM given_rows WHERE held_out NOT IN ('1', 'true', 't') GROUP BY 1
        ) AS given ON given.customer = state_rows.customer
    )
    ORDER BY _by_need
) TO $file (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 50000)
