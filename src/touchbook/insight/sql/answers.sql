-- answer_now: a row is a customer who answered something; per question the last answer and its age in days, and for
-- the feeling the weighted sums of a regression on age (w = 2^(−age / h), x = −age / 30 days, y the answer).
CREATE OR REPLACE TEMP TABLE answer_now AS
WITH line AS (
    SELECT
        customer, question, NULLIF(value, '') AS value, number_value,
        epoch_us("at")::HUGEINT * 1099511627776 + number AS place,
        (epoch_us($now) - epoch_us("at")) / 86400e6 AS age,
        pow(2, -age / $feeling_half_life_days) AS w,
        -age / 30 AS x
    FROM answer ANTI JOIN void_answer USING (id)
    WHERE corrects IS NULL AND "at" <= $now
)
SELECT
    customer$answers,
    SUM(w) FILTER (is_feeling) AS s_w,
    SUM(w * x) FILTER (is_feeling) AS s_x,
    SUM(w * x * x) FILTER (is_feeling) AS s_xx,
    SUM(w * number_value) FILTER (is_feeling) AS s_y,
    SUM(w * x * number_value) FILTER (is_feeling) AS s_xy,
    SUM(w * number_value * number_value) FILTER (is_feeling) AS s_yy
FROM (SELECT *, question = 'feeling' AND number_value IS NOT NULL AS is_feeling FROM line)
GROUP BY customer
