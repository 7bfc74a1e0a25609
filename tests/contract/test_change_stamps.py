"""Change stamps: whoever changes a table of things, in whatever way, leaves a text that nobody has seen before."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from django.db import connection, transaction

from touchbook.store import append_only, change_stamps
from touchbook.store.models import ChangeStamp, Customer

MAY = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def stamp(table: str = "store_customer") -> str:
    return ChangeStamp.objects.filter(changed_table=table).values_list("stamp", flat=True).first() or ""


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_change_leaves_a_new_stamp(database: str):
    seen, others = {stamp()}, stamp("store_consent")
    Customer.objects.create(id=UUID(int=1), changed_at=MAY)
    seen.add(stamp())
    run("UPDATE store_customer SET name = 'Alice'")
    seen.add(stamp())
    copy = "SELECT id, changed_at, name, since, timezone, attributes FROM store_customer"
    columns = "(id, changed_at, name, since, timezone, attributes)"
    run(f"INSERT INTO store_customer {columns} {copy} WHERE true ON CONFLICT (id) DO UPDATE SET name = 'Bob'")
    seen.add(stamp())
    run("DELETE FROM store_customer")
    seen.add(stamp())
    assert len(seen) == 5
    assert stamp("store_consent") == others


@pytest.mark.parametrize("policy", ["IGNORE", "REPLACE", "FAIL"])
def test_the_conflict_policy_of_a_statement_does_not_reach_the_stamp(sqlite: str, policy: str):
    seen = {stamp()}
    for number in (1, 2):
        run(
            f"INSERT OR {policy} INTO store_customer (id, changed_at, name, timezone, attributes) "
            f"VALUES ('{UUID(int=number).hex}', '{MAY:%Y-%m-%d}', '', '', '{{}}')"
        )
        seen.add(stamp())
    assert len(seen) == 3


def test_a_change_that_is_taken_back_leaves_the_stamp(database: str):
    Customer.objects.create(id=UUID(int=1), changed_at=MAY)
    before = stamp()
    with transaction.atomic():
        Customer.objects.update(name="Alice")
        transaction.set_rollback(True)
    assert stamp() == before


def test_a_transaction_leaves_one_stamp(postgresql: str):
    """Every stamp of one transaction would leave a dead row, and each further one would have to step over them all."""
    with transaction.atomic():
        Customer.objects.create(id=UUID(int=1), changed_at=MAY)
        first = stamp()
        Customer.objects.update(name="Alice")
        assert stamp() == first
    Customer.objects.update(name="Bob")
    assert stamp() != first


def test_all_is_there_and_what_is_missing_or_altered_is_put_back(database: str):
    assert change_stamps.missing(connection) == []
    if database == "sqlite":
        run("DROP TRIGGER store_customer_update_stamped")
        run("CREATE TRIGGER store_customer_update_stamped AFTER UPDATE ON store_customer BEGIN SELECT 1; END")
        run("DROP TRIGGER store_consent_delete_stamped")
        expected = ["store_customer_update_stamped", "store_consent_delete_stamped"]
    else:
        run("ALTER TABLE store_customer DISABLE TRIGGER store_customer_stamped")
        run("DROP TRIGGER store_consent_stamped ON store_consent")
        expected = ["store_customer_stamped", "store_consent_stamped"]
    assert change_stamps.missing(connection) == expected
    before = stamp()
    append_only.install(connection)
    assert change_stamps.missing(connection) == expected
    change_stamps.install(connection)
    assert change_stamps.missing(connection) == []
    assert stamp() != before  # it may have changed unseen
    if database == "postgresql":
        run("ALTER TABLE store_customer ENABLE REPLICA TRIGGER store_customer_stamped")
        assert change_stamps.missing(connection) == expected[:1]
        change_stamps.install(connection)
        assert change_stamps.missing(connection) == []
