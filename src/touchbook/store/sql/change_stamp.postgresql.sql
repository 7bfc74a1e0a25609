-- Whoever changes {table} leaves a new stamp, which nobody has seen before: once in a transaction, for many statements
-- that rewrote one row would leave many dead ones behind. The trigger is written as PostgreSQL writes it back.

CREATE OR REPLACE FUNCTION touchbook_change_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine text := pg_current_xact_id()::text || ' ';
BEGIN
    INSERT INTO {stamps} AS kept (changed_table, stamp) VALUES (TG_TABLE_NAME, mine || gen_random_uuid()::text)
    ON CONFLICT (changed_table) DO UPDATE SET stamp = excluded.stamp WHERE NOT starts_with(kept.stamp, mine);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER {table}_stamped AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION touchbook_change_stamp();

ALTER TABLE {table} ENABLE TRIGGER {table}_stamped;
