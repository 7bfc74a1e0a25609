-- Rows of {table} are added and never changed: one table's triggers. They act whoever writes, and with whatever pragmas.

DROP TRIGGER IF EXISTS {table}_no_delete;

CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN
    SELECT RAISE(ABORT, '{table} is append-only: a row cannot be deleted; add a correction instead');
END;

DROP TRIGGER IF EXISTS {table}_no_update;

CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
WHEN NOT ({kept})
BEGIN
    SELECT RAISE(ABORT, '{table} is append-only: a row cannot be changed; add a correction instead');
END;

-- INSERT OR REPLACE removes what is in its way, and no trigger on deleting is asked. A row that is there already is not
-- added again, as adding is idempotent on the id; a number that is not given reads as -1 here. FAIL
-- instead of ABORT, as nothing is to be put back: see ``store.append``.

DROP TRIGGER IF EXISTS {table}_no_replace;

CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN {taken}
BEGIN
    SELECT CASE
        WHEN NEW.number = -1 AND EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) THEN RAISE(IGNORE)
        ELSE RAISE(FAIL, '{table} is append-only: a row cannot be replaced; add a correction instead')
    END;
END;
