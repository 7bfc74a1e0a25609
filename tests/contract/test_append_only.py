"""Facts are added and never changed: the database itself sees to it, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing, suppress
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction

from touchbook.store import append_only
from touchbook.store.append import append, present
from touchbook.store.models import FACTS, AuditEntry, Entry, Fact, Moment, PlanVersion
from touchbook.store.models import __all__ as model_names

NOON = dt.datetime(2025, 6, 1, 12, 0, tzinfo=dt.UTC)
EVERY = append_only.APPEND_ONLY
NAMES = [model.__name__ for model, _ in EVERY]


def a_row(model: type[models.Model]) -> models.Model:
    """A row of any append-only table, with something in every column."""
    values: dict[str, object] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        if isinstance(field, models.UUIDField):
            values[field.name] = uuid4()
        elif isinstance(field, models.DateTimeField):
            values[field.name] = NOON
        elif isinstance(field, models.DateField):
            values[field.name] = NOON.date()
        elif isinstance(field, models.JSONField):
            values[field.name] = {"was": "Alice"}
        elif isinstance(field, models.CharField | models.TextField):
            values[field.name] = "abc"[: field.max_length]
        else:
            values[field.name] = 1
    row = model(**values)
    row.save(force_insert=True)
    return row


def test_no_kind_of_fact_is_forgotten():
    assert set(Fact.__subclasses__()) == {model for model, _ in FACTS}
    assert {model.__name__ for model, _ in FACTS} <= set(model_names)


def test_every_trigger_is_there(database: str):
    assert append_only.missing(connection) == []


def test_a_missing_trigger_is_noticed_and_put_back(database: str):
    with connection.cursor() as cursor:
        if database == "sqlite":
            cursor.execute("DROP TRIGGER store_moment_no_update")
        else:
            cursor.execute("DROP TRIGGER store_moment_no_change ON store_moment")
    assert len(append_only.missing(connection)) == 1
    append_only.install(connection)
    assert append_only.missing(connection) == []


@pytest.mark.parametrize(("model", "erasable"), EVERY, ids=NAMES)
def test_a_fact_cannot_be_changed_or_deleted_but_its_words_can_be_erased(
    database: str, model: type[models.Model], erasable: tuple[str, ...]
):
    row = a_row(model)
    mine = model._default_manager.filter(pk=row.pk)
    for field in model._meta.concrete_fields:
        before = getattr(row, field.name)
        different = {"was": "Bob"} if isinstance(field, models.JSONField) else before
        different = uuid4() if isinstance(before, UUID) else different
        different = before + dt.timedelta(days=1) if isinstance(before, dt.date) else different
        different = "xyz"[: field.max_length] if isinstance(before, str) else different
        different = before + 7 if isinstance(before, int | float) else different
        with pytest.raises(IntegrityError, match="append-only: a row cannot be changed"), transaction.atomic():
            mine.update(**{field.attname: different})
    with pytest.raises(IntegrityError, match="append-only: a row cannot be deleted"), transaction.atomic():
        mine._raw_delete(mine.db)
    if erasable:
        mine.update(
            **{name: None if isinstance(model._meta.get_field(name), models.JSONField) else "" for name in erasable}
        )
        erased = mine.get()
        assert not any(getattr(erased, name) for name in erasable)
    assert mine.count() == 1


def test_a_table_of_facts_cannot_be_emptied_in_one_go(postgresql: str):
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE store_moment")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, "cannot be replaced"),
        ({"number": "NULL"}, None),
        ({"number": "NULL", "id": "'ffffffffffffffffffffffffffffffff'"}, "cannot be replaced"),
        ({"id": "'ffffffffffffffffffffffffffffffff'", "corrects": "NULL"}, "cannot be replaced"),
    ],
    ids=["all of it", "its id", "what it corrects", "its number"],
)
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_a_fact_cannot_be_replaced_from_whatever_connection(
    sqlite: str, verb: str, changes: dict[str, str], error: str | None
):
    """No pragma of ours is set there; with them, what is replaced would count as deleted."""
    a_row(Entry)
    values = {str(field.column): f'"{field.column}"' for field in Entry._meta.concrete_fields}
    values |= {"points": "99"} | changes
    statement = f"{verb} INTO store_entry ({', '.join(values)}) SELECT {', '.join(values.values())} FROM store_entry"
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as bare:
        if error is None or verb == "INSERT OR IGNORE":
            with suppress(sqlite3.IntegrityError):
                bare.execute(statement)
        else:
            with pytest.raises(sqlite3.IntegrityError, match=error):
                bare.execute(statement)
        assert bare.execute("SELECT count(*), min(points) FROM store_entry").fetchone() == (1, 1.0)


def test_only_what_is_empty_counts_as_erased(database: str):
    row = a_row(Moment)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Moment.objects.filter(pk=row.pk).update(note="null")


def test_a_trigger_that_says_something_else_is_noticed(database: str):
    with connection.cursor() as cursor:
        if database == "sqlite":
            cursor.execute("DROP TRIGGER store_moment_no_delete")
            cursor.execute("CREATE TRIGGER store_moment_no_delete BEFORE DELETE ON store_moment BEGIN SELECT 1; END")
            altered = ["store_moment_no_delete"]
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION touchbook_append_only() RETURNS trigger LANGUAGE plpgsql "
                "AS $$ BEGIN RETURN NEW; END $$"
            )
            cursor.execute("ALTER TABLE store_moment ENABLE REPLICA TRIGGER store_moment_no_truncate")
            altered = ["touchbook_append_only", "store_moment_no_truncate"]
    assert append_only.missing(connection) == altered
    append_only.install(connection)
    assert append_only.missing(connection) == []


COLUMNS = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points", "corrects")


def entries(count: int) -> list[tuple[object, ...]]:
    return [(uuid4(), NOON, uuid4(), uuid4(), "customer", uuid4(), "deposit", 2.5, None) for _ in range(count)]


@pytest.mark.parametrize("count", [3, 500])
def test_rows_are_added_once_however_often_they_come(database: str, count: int):
    rows = entries(count)
    assert append(Entry, COLUMNS, rows[:-1]) == count - 1
    assert append(Entry, COLUMNS, rows) == 1
    assert append(Entry, COLUMNS, rows) == 0
    assert append(Entry, COLUMNS, []) == 0
    assert Entry.objects.count() == count
    assert [row.id for row in Entry.objects.order_by("number")] == [row[0] for row in rows]
    assert present(Entry, [rows[0][0], uuid4()]) == {rows[0][0]}


@pytest.mark.parametrize("count", [1, 500])
def test_a_row_comes_back_as_it_went_in(database: str, count: int):
    at = dt.datetime(2025, 6, 1, 14, 30, 15, 123456, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    row = (uuid4(), at, 120, uuid4(), None, "phone", "“Not my gate” – 'he' said; \\N\t€\n2")
    columns = ("id", "at", "offset_minutes", "touchpoint", "customer", "channel", "note")
    others = [(uuid4(), NOON, 0, uuid4(), uuid4(), "", "") for _ in range(count - 1)]
    append(Moment, columns, [row, *others])
    moment = Moment.objects.get(id=row[0])
    assert (moment.at, moment.offset_minutes, moment.touchpoint) == row[1:4]
    assert (moment.customer, moment.channel, moment.note) == row[4:]
    assert moment.staff is None
    assert moment.source == ""
    assert abs((moment.recorded_at - dt.datetime.now(dt.UTC)).total_seconds()) < 60
    assert list(Moment.objects.filter(at__gte=at).values_list("id", flat=True)) == [row[0]]


def test_what_was_before_a_change_is_kept_as_it_was(database: str):
    columns = ("id", "at", "actor", "action", "subject_kind", "subject", "before", "after")
    append(AuditEntry, columns, [(uuid4(), NOON, "Alice", "create", "team", uuid4(), None, {"name": "Fans’ desk"})])
    audit = AuditEntry.objects.get()
    assert (audit.before, audit.after) == (None, {"name": "Fans’ desk"})
    assert AuditEntry.objects.filter(before__isnull=True).exists()


@pytest.mark.parametrize("count", [2, 500])
def test_an_entry_is_corrected_once(database: str, count: int):
    wrong = uuid4()
    first = (uuid4(), NOON, uuid4(), uuid4(), "customer", uuid4(), "deposit", 0.0, wrong)
    append(Entry, COLUMNS, [first])
    assert append(Entry, COLUMNS, [first]) == 0
    with pytest.raises(IntegrityError):
        append(Entry, COLUMNS, [*entries(count - 1), (uuid4(), *first[1:])])
    assert Entry.objects.count() == 1


def test_a_value_that_a_table_needs_cannot_be_left_out(sqlite: str):
    with pytest.raises(ValueError, match="Moment needs a value for touchpoint"):
        append(Moment, ("id", "at"), [(uuid4(), NOON)])
    with pytest.raises(ValueError, match="Moment has no colour"):
        append(Moment, ("id", "at", "touchpoint", "colour"), [(uuid4(), NOON, uuid4(), "red")])


def test_plan_versions_are_append_only_too():
    assert PlanVersion in {model for model, _ in EVERY}
