-- Nothing more happens to those who have left by $now.
DELETE FROM entry_ahead WHERE "at" > $now AND account IN (SELECT customer FROM outcome_ahead);
DELETE FROM answer_ahead WHERE "at" > $now AND customer IN (SELECT customer FROM outcome_ahead)
