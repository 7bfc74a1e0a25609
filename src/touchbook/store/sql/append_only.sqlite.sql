-- Rows of {table} are added and never changed: one table's triggers. {kept} is true when every column keeps its value,
-- save that a text which erasure may empty ({erasable}) may become empty.

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
