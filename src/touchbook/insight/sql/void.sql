-- void_$table: a row is a fact that a correction took back. Corrections may be corrected themselves, so a fact is
-- void when the chain of corrections behind it has an odd length. Each fact has at most one correction, so chains
-- never fork; and chains begin at what is no correction itself, so none of them runs in a circle.
CREATE OR REPLACE TEMP TABLE void_$table AS
WITH RECURSIVE correction AS (
    SELECT id, corrects FROM $table WHERE corrects IS NOT NULL
), chain (root, last, length) AS (
    SELECT corrects, id, 1 FROM correction
    WHERE corrects NOT IN (SELECT id FROM correction)
    UNION ALL
    SELECT chain.root, correction.id, chain.length + 1
    FROM chain JOIN correction ON correction.corrects = chain.last
)
SELECT root AS id FROM chain GROUP BY root HAVING MAX(length) % 2 = 1
