-- Rows of {table} are added and never changed: one table's triggers. The function is shared by all of them; its
-- arguments name the texts which erasure may empty. The triggers are written as PostgreSQL writes them back.

CREATE OR REPLACE FUNCTION touchbook_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasable text;
    before_row jsonb;
    after_row jsonb;
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% is append-only: a row cannot be deleted; add a correction instead', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    before_row := to_jsonb(OLD);
    after_row := to_jsonb(NEW);
    FOREACH erasable IN ARRAY coalesce(TG_ARGV, '{}') LOOP
        IF after_row -> erasable IN ('""'::jsonb, 'null'::jsonb) THEN
            before_row := before_row - erasable;
            after_row := after_row - erasable;
        END IF;
    END LOOP;
    IF before_row <> after_row THEN
        RAISE EXCEPTION '% is append-only: a row cannot be changed; add a correction instead', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER {table}_no_change BEFORE DELETE OR UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION touchbook_append_only({erasable});

CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION touchbook_append_only();

ALTER TABLE {table} ENABLE TRIGGER {table}_no_change, ENABLE TRIGGER {table}_no_truncate;
