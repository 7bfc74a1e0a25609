"""The lake grows by arrival, whatever the ids say, survives a kill at any step, and follows the database it mirrors."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import threading
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow.parquet as pq
import pytest
from django.db import connection

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused, Unreadable
from touchbook.kernel.ids import mint
from touchbook.lake import mirror
from touchbook.lake.engine import Engine
from touchbook.lake.mirror import lake_folder, parts, sync
from touchbook.lake.tables import TABLES
from touchbook.store import change_stamps
from touchbook.store.append import append
from touchbook.store.models import Answer, Consent, Customer, Entry, Identifier, Staff
from touchbook.workflows.set_consent import ConsentRequest, set_consent

MAY = dt.datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
ALICE, BOB = UUID(int=1), UUID(int=2)
COLUMNS = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points")


class Lake:
    """The lake of the test's database."""

    def __init__(self, home: Path) -> None:
        self.url = os.environ["TOUCHBOOK_DATABASE_URL"]
        self.folder = lake_folder(home, self.url)

    def sync(self) -> dict[str, int]:
        return sync(self.url, self.folder)

    def points(self) -> list[float]:
        with Engine(self.folder) as engine:
            return [row["points"] for row in engine.run(["SELECT points FROM entry ORDER BY number"]).to_pylist()]

    def rows(self, query: str) -> list[dict[str, object]]:
        with Engine(self.folder) as engine:
            return engine.run([query]).to_pylist()

    def parts(self) -> list[tuple[int, int]]:
        return [(part.first, part.last) for part in parts(self.folder / "entry")]

    def files(self) -> int:
        return len(list((self.folder / "entry").iterdir()))


@pytest.fixture
def lake(database: str, home: Path) -> Lake:
    return Lake(home)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "ROWS_PER_PART", 5)


def enter(*points: float, at: dt.datetime = MAY) -> None:
    append(Entry, COLUMNS, [(mint(at), at, ALICE, ALICE, "customer", ALICE, "deposit", value) for value in points])


def test_what_arrived_since_the_last_time_is_added(lake: Lake):
    enter(1, 2, 3)
    assert lake.sync()["entry"] == 3
    assert lake.points() == [1, 2, 3]
    enter(4)
    assert lake.sync()["entry"] == 4
    assert lake.points() == [1, 2, 3, 4]
    assert lake.parts() == [(1, 3), (4, 4)]
    assert lake.sync()["entry"] == 4
    assert lake.parts() == [(1, 3), (4, 4)]


def test_an_id_from_long_ago_that_arrives_late_is_not_missed(lake: Lake):
    """A phone that was offline for a month sends old ids with new numbers."""
    enter(1)
    lake.sync()
    enter(2, at=MAY - dt.timedelta(days=30))
    lake.sync()
    assert lake.points() == [1, 2]


def test_every_value_comes_through_as_it_was(lake: Lake):
    earlier = mint(MAY)
    row = (earlier, MAY, BOB, ALICE, "customer", BOB, "withdrawal", 0.1 + 0.2, None)
    append(Entry, (*COLUMNS, "recovers"), [row])
    append(Answer, ("id", "at", "customer", "question", "value"), [(mint(MAY), MAY, ALICE, "barrier", "it's “price”")])
    Customer.objects.create(
        id=ALICE, changed_at=MAY, name="Zoë, 'the' \"great\"", since=dt.date(1999, 12, 31), attributes={"seats": 3}
    )
    Consent.objects.create(id=BOB, changed_at=MAY, customer_id=ALICE, channel="email", purpose="", allowed=False)
    lake.sync()
    (entry,) = lake.rows("SELECT *, id::VARCHAR AS text FROM entry")
    assert (entry["text"], entry["at"], entry["points"]) == (str(earlier), MAY.replace(tzinfo=None), pytest.approx(0.3))
    assert (entry["practice"], entry["recovers"]) == (None, None)
    (answer,) = lake.rows("SELECT value, number_value FROM answer")
    assert answer == {"value": "it's “price”", "number_value": None}
    (customer,) = lake.rows("SELECT name, since, timezone, (attributes::JSON->>'seats') AS seats FROM customer")
    assert customer == {"name": "Zoë, 'the' \"great\"", "since": dt.date(1999, 12, 31), "timezone": "", "seats": "3"}
    assert lake.rows("SELECT channel, allowed FROM consent") == [{"channel": "email", "allowed": False}]


def test_large_arrivals_become_several_parts(lake: Lake, small_parts: None):
    enter(*range(12))
    lake.sync()
    assert lake.parts() == [(1, 5), (6, 10), (11, 12)]
    assert lake.points() == list(range(12))


def test_many_small_parts_become_one_and_readers_may_finish(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mirror, "PARTS_MAX", 3)
    for value in range(3):
        enter(value)
        lake.sync()
    with Engine(lake.folder) as reader:
        enter(3)
        lake.sync()
        assert lake.parts() == [(1, 4)]
        assert reader.run(["SELECT COUNT(*) AS n FROM entry"]).to_pylist() == [{"n": 3}]
    lake.sync()  # what was merged goes with the next growth
    assert lake.files() == 1
    assert lake.points() == [0, 1, 2, 3]


class Killed(BaseException):
    """Stands for a process that ends here."""


@pytest.fixture
def kill_at_rename(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The process ends before the n-th rename from now on; [0] means never."""
    left = [0]
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        real(source, target)

    monkeypatch.setattr(mirror.os, "replace", replace)
    return left


def test_a_kill_between_write_and_rename_leaves_nothing_that_counts(lake: Lake, kill_at_rename: list[int]):
    enter(1, 2)
    lake.sync()
    enter(3)
    kill_at_rename[0] = 1
    with pytest.raises(Killed):
        lake.sync()
    assert lake.points() == [1, 2]
    assert lake.files() == 2  # the part, and what was half done
    lake.sync()
    assert lake.points() == [1, 2, 3]
    assert lake.files() == 2  # two parts, and nothing half done


def test_a_kill_in_a_merge_loses_and_doubles_nothing(
    lake: Lake, kill_at_rename: list[int], monkeypatch: pytest.MonkeyPatch
):
    for value in range(4):
        enter(value)
        lake.sync()
    monkeypatch.setattr(mirror, "PARTS_MAX", 3)
    kill_at_rename[0] = 1  # the merged part is written, and not yet renamed
    with pytest.raises(Killed):
        lake.sync()
    assert lake.points() == [0, 1, 2, 3]
    kill_at_rename[0] = 0
    lake.sync()
    assert lake.parts() == [(1, 4)]
    assert lake.points() == [0, 1, 2, 3]


def test_a_restored_database_is_mirrored_afresh(sqlite: str, home: Path):
    lake, database, backup = Lake(home), home / "touchbook.sqlite3", home / "backup.sqlite3"
    enter(1, 2)
    connection.close()
    shutil.copyfile(database, backup)
    enter(3)
    lake.sync()
    connection.close()
    shutil.copyfile(backup, database)  # as it was on Monday; then other things happened
    enter(8, 9)
    lake.sync()
    assert lake.points() == [1, 2, 8, 9]


def test_a_database_begun_afresh_is_mirrored_afresh(sqlite: str, home: Path):
    lake, database, backup = Lake(home), home / "touchbook.sqlite3", home / "backup.sqlite3"
    connection.close()
    shutil.copyfile(database, backup)
    enter(1, 2)
    lake.sync()
    connection.close()
    shutil.copyfile(backup, database)
    assert lake.sync()["entry"] == 0
    assert lake.points() == []


def test_growing_the_lake_takes_nothing_from_who_writes_to_the_database(lake: Lake):
    """A second SQLite library in the process once deleted the log that the first was writing to."""
    enter(1)
    lake.sync()
    enter(2)
    connection.close()
    assert list(Entry.objects.order_by("number").values_list("points", flat=True)) == [1, 2]
    lake.sync()
    assert lake.points() == [1, 2]


def test_things_are_written_anew_only_when_they_changed(lake: Lake):
    Customer.objects.create(id=ALICE, changed_at=MAY, name="Alice")
    lake.sync()
    file = lake.folder / "customer" / "all.parquet"
    written = file.stat().st_mtime_ns
    lake.sync()
    assert file.stat().st_mtime_ns == written
    Customer.objects.filter(id=ALICE).update(name="Alice B.", changed_at=MAY + dt.timedelta(seconds=1))
    lake.sync()
    assert lake.rows("SELECT name FROM customer") == [{"name": "Alice B."}]
    Customer.objects.all().delete()
    lake.sync()
    assert lake.rows("SELECT name FROM customer") == []


def test_an_identifier_that_moves_to_another_customer_moves_in_the_lake(lake: Lake):
    for identifier in (ALICE, BOB):
        Customer.objects.create(id=identifier, changed_at=MAY, name="A.")
    Identifier.objects.create(kind="member", value="17", customer_id=ALICE)
    lake.sync()
    Identifier.objects.update(customer_id=BOB)  # two records are merged
    Customer.objects.filter(id=BOB).update(changed_at=MAY + dt.timedelta(seconds=1))
    lake.sync()
    assert lake.rows("SELECT customer_id::VARCHAR AS owner FROM identifier") == [{"owner": str(BOB)}]


def test_a_consent_withdrawn_on_a_phone_that_was_offline_is_not_missed(lake: Lake):
    """Alice said no before Bob said yes, and it arrives after: neither the count nor the latest instant change."""
    today = now()
    for identifier in (ALICE, BOB):
        Customer.objects.create(id=identifier, changed_at=MAY, name="A.")
    set_consent(ConsentRequest(ALICE, True, today - dt.timedelta(days=10), channel="email"))
    set_consent(ConsentRequest(BOB, True, today - dt.timedelta(days=1), channel="email"))
    lake.sync()
    set_consent(ConsentRequest(ALICE, False, today - dt.timedelta(days=5), channel="email"))
    lake.sync()
    (kept,) = Consent.objects.filter(customer_id=ALICE)
    assert kept.said_at == today - dt.timedelta(days=5)
    assert abs(kept.changed_at - today) < dt.timedelta(minutes=1)
    query = "SELECT allowed FROM consent ORDER BY customer_id"
    assert lake.rows(query) == [{"allowed": False}, {"allowed": True}]


def test_one_identifier_gone_and_another_come_is_not_missed(lake: Lake):
    Customer.objects.create(id=ALICE, changed_at=MAY, name="Alice")
    Identifier.objects.create(kind="member", value="17", customer_id=ALICE)
    lake.sync()
    Identifier.objects.all().delete()
    Identifier.objects.create(kind="member", value="18", customer_id=ALICE)
    lake.sync()
    assert lake.rows("SELECT value FROM identifier") == [{"value": "18"}]


def test_things_of_a_restored_database_are_mirrored_afresh(sqlite: str, home: Path):
    lake, database, backup = Lake(home), home / "touchbook.sqlite3", home / "backup.sqlite3"
    Customer.objects.create(id=ALICE, changed_at=MAY, name="Alice")
    connection.close()
    shutil.copyfile(database, backup)
    Customer.objects.update(name="Alice B.")
    lake.sync()
    connection.close()
    shutil.copyfile(backup, database)
    Customer.objects.update(name="Alice C.")  # as many changes since as there were before
    lake.sync()
    assert lake.rows("SELECT name FROM customer") == [{"name": "Alice C."}]


def test_a_lake_of_an_older_program_gets_the_columns_that_it_lacks(lake: Lake):
    """Owners came later: a lake from before has no staff, and customers without one."""
    Staff.objects.create(id=BOB, changed_at=MAY, name="Dana", code="d01")
    Customer.objects.create(id=ALICE, changed_at=MAY, name="Alice", owner_id=BOB)
    enter(1, 2)
    lake.sync()
    shutil.rmtree(lake.folder / "staff")
    for table, part in (("customer", "all"), ("entry", f"{1:012d}-{2:012d}")):
        file = lake.folder / table / f"{part}.parquet"
        older = pq.read_table(file).drop_columns(["owner_id" if table == "customer" else "recovers"])
        pq.write_table(older, file)
    stamp = lake.folder / "customer" / "signature"
    stamp.write_text(stamp.read_text().split()[0])  # as it was when a table's columns were not in it
    lake.sync()
    owners = "SELECT staff.name FROM customer JOIN staff ON staff.id = customer.owner_id"
    assert lake.rows(owners) == [{"name": "Dana"}]
    assert lake.rows("SELECT points, recovers FROM entry ORDER BY number") == [
        {"points": 1.0, "recovers": None},
        {"points": 2.0, "recovers": None},
    ]


def test_every_thing_that_the_lake_mirrors_has_stamps():
    assert {model._meta.db_table for model in change_stamps.MIRRORED} == {
        table.source for table in TABLES if not table.fact
    }


def test_each_database_has_its_own_lake(tmp_path: Path):
    assert lake_folder(tmp_path, "sqlite:///a.db") != lake_folder(tmp_path, "sqlite:///b.db")


def test_two_that_grow_one_lake_at_once_wait_for_each_other(lake: Lake, small_parts: None):
    enter(*range(23))
    errors: list[BaseException] = []

    def grow() -> None:
        try:
            lake.sync()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=grow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert lake.points() == list(range(23))


def test_a_lake_that_another_keeps_is_refused_in_the_end(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mirror, "WAIT_SECONDS", 0.1)
    lake.sync()
    with mirror._alone(lake.folder), pytest.raises(Refused, match="wait until it has ended"):
        lake.sync()


def test_a_database_that_cannot_be_reached_is_said_so(tmp_path: Path):
    with pytest.raises(Unreadable, match="TOUCHBOOK_DATABASE_URL"):
        sync("postgresql://nobody@127.0.0.1:1/nothing", tmp_path)


def test_the_lake_is_plain_parquet(lake: Lake):
    enter(1, 2)
    lake.sync()
    assert duckdb.sql(f"SELECT SUM(points) FROM '{lake.folder}/entry/*.parquet'").fetchone() == (3.0,)
