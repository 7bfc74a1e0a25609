"""Questions straight to the driver: several at once, and what happens when the server has gone or a rule is broken."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from touchbook.kernel.clock import now
from touchbook.kernel.ids import mint
from touchbook.store.models import Department
from touchbook.store.plain import insert, leave_if_hung_up, select, select_all, together
from touchbook.store.values import said

_INTO = "INSERT INTO store_department (id, changed_at, name)"


def _row(name: str) -> tuple[object, ...]:
    return (mint(now()).hex, said(now()), name)


def _make_the_same_twice() -> None:
    with together(), transaction.atomic():
        insert(_INTO, [_row("box office")], "")
        insert(_INTO, [_row("box office")], "")


def _names() -> set[str]:
    return set(Department.objects.values_list("name", flat=True))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("count", [0, 1, 3, 8, 9, 40])
def test_few_rows_and_many_are_inserted_and_counted_alike(count: int) -> None:
    rows = [_row(f"desk {place}") for place in range(count)]
    with transaction.atomic():
        assert insert(_INTO, rows, "ON CONFLICT (name) DO NOTHING") == count
        assert insert(_INTO, rows, "ON CONFLICT (name) DO NOTHING") == 0
    assert len(_names()) == count


@pytest.mark.usefixtures("database")
def test_several_questions_are_answered_in_their_order() -> None:
    with transaction.atomic():
        insert(_INTO, [_row("box office")], "")
    asked = [("SELECT name FROM store_department WHERE name = %s", [name]) for name in ("box office", "nobody's")]
    assert select_all(asked) == [[("box office",)], []]


@pytest.mark.usefixtures("database")
def test_what_is_said_together_is_there_when_it_ends_and_can_be_asked_for_meanwhile() -> None:
    with together(), transaction.atomic():
        insert(_INTO, [_row("box office")], "")
        assert select("SELECT name FROM store_department", []) == [("box office",)]
        insert(_INTO, [_row("gate")], "")
    assert _names() == {"box office", "gate"}


@pytest.mark.usefixtures("database")
def test_a_rule_that_is_broken_together_leaves_nothing_and_the_next_request_is_served() -> None:
    with pytest.raises(IntegrityError):
        _make_the_same_twice()
    assert _names() == set()
    with together(), transaction.atomic():
        insert(_INTO, [_row("gate")], "")
    assert _names() == {"gate"}


@pytest.mark.usefixtures("postgresql")
def test_a_connection_that_the_server_has_ended_is_left_before_the_next_request_needs_it() -> None:
    ((own,),) = select("SELECT pg_backend_pid()", [])
    with psycopg.connect(settings.TOUCHBOOK_DATABASE_URL, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [own])
        other.execute("SELECT pg_sleep(0.2)")
    leave_if_hung_up()
    assert _names() == set()
    ((fresh,),) = select("SELECT pg_backend_pid()", [])
    assert fresh != own


@pytest.mark.usefixtures("postgresql")
def test_a_connection_that_is_alive_is_kept() -> None:
    ((own,),) = select("SELECT pg_backend_pid()", [])
    leave_if_hung_up()
    assert select("SELECT pg_backend_pid()", []) == [(own,)]
    connection.close()
    leave_if_hung_up()
