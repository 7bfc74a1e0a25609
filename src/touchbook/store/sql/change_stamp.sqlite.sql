-- Whoever changes {table} leaves a new stamp, which nobody has seen before.

DROP TRIGGER IF EXISTS {table}_insert_stamped;

CREATE TRIGGER {table}_insert_stamped AFTER INSERT ON {table}
BEGIN
    INSERT INTO {stamps} (changed_table, stamp) VALUES ('{table}', hex(randomblob(16)))
    ON CONFLICT (changed_table) DO UPDATE SET stamp = excluded.stamp;
END;

DROP TRIGGER IF EXISTS {table}_update_stamped;

CREATE TRIGGER {table}_update_stamped AFTER UPDATE ON {table}
BEGIN
    INSERT INTO {stamps} (changed_table, stamp) VALUES ('{table}', hex(randomblob(16)))
    ON CONFLICT (changed_table) DO UPDATE SET stamp = excluded.stamp;
END;

DROP TRIGGER IF EXISTS {table}_delete_stamped;

CREATE TRIGGER {table}_delete_stamped AFTER DELETE ON {table}
BEGIN
    INSERT INTO {stamps} (changed_table, stamp) VALUES ('{table}', hex(randomblob(16)))
    ON CONFLICT (changed_table) DO UPDATE SET stamp = excluded.stamp;
END;
