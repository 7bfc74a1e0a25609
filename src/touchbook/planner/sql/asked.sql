-- asked_known: a row is a question that a touch asked when it was made, with an answer within $answer_days days, if any:
-- one row for each where there are several.
CREATE OR REPLACE TEMP TABLE asked_known AS
WITH asks (name, question) AS (VALUES ('', '')$asks)
SELECT touch_event.id, touch_event.name, touch_event."at", answer.id AS answer
FROM touch_event JOIN asks USING (name)
LEFT JOIN (SELECT * FROM answer ANTI JOIN void_answer USING (id) WHERE corrects IS NULL) AS answer
    ON answer.customer = touch_event.customer AND answer.question = asks.question
    AND answer."at" >= touch_event."at" AND answer."at" < touch_event."at" + to_days($answer_days)
WHERE touch_event.event = 'made' AND NOT EXISTS (
    SELECT 1 FROM touch_event AS anew
    WHERE anew.touch = touch_event.touch AND anew.event = 'reopened' AND anew.number > touch_event.number
)
