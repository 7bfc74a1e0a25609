"""Importing moments: what is recorded, never twice, and what becomes of rows that cannot be."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from importing import HEADER, MAP, adopt, map_file, moments, nothing_is_recorded, run, told_of, write

from touchbook.kernel.errors import MapInvalid, NotFound, Refused, Unreadable
from touchbook.store.models import Account, AuditEntry, Customer, Entry, Identifier, Import, Moment, Staff, Witness
from touchbook.store.queries import terms_in_force
from touchbook.store.recount import disagreements
from touchbook.workflows.import_records import running
from touchbook.workflows.import_records.reading import RECORD_CHARACTERS_MAX
from touchbook.workflows.import_records.undo import undo_import


def test_a_row_becomes_a_moment_with_its_entries(database: str, tmp_path: Path) -> None:
    adopt()
    file = write(
        tmp_path / "m.csv",
        HEADER,
        [
            ("1", "2026-03-01T09:00:00-05:00", "ann", "bad", "delay", "bob", "Delta", "waited, and waited"),
            ("2", "2026-03-02 09:00", "ann", "good", "", "", "United", ""),
            ("3", "2026-03-02 10:00", "", "good", "", "", "", ""),
            ("4", "2026-03-02 11:00", "cid", "none", "", "", "", ""),
        ],
    )
    report = run(tmp_path, file)
    assert (report.rows, report.added, report.skipped, report.rejected) == (4, 3, 1, 0)
    ann = Customer.objects.get()
    assert ann.attributes == {"home_airline": "Delta"}
    first, second, guest = Moment.objects.order_by("number")
    assert (first.customer, first.note, first.offset_minutes, first.channel) == (
        ann.id,
        "waited, and waited",
        -300,
        "gate",
    )
    assert first.staff == Staff.objects.get(code="bob").id
    assert (f"{second.at:%H:%M}", second.offset_minutes) == ("14:00", -300)
    assert guest.customer is None
    pages = [(one.account_kind, one.kind, one.points) for one in Entry.objects.order_by("number")]
    assert pages == [
        ("customer", "withdrawal", 3.0),
        ("house", "withdrawal", pytest.approx(2 * 0.4 * 3)),
        ("customer", "deposit", 3.0),
        ("customer", "deposit", 2.0),
        ("house", "deposit", 3.0),
        ("house", "deposit", 2.0),
    ]
    assert Witness.objects.get().unnamed == 2
    assert disagreements(terms_in_force())[1] == []


def test_importing_again_adds_nothing(database: str, tmp_path: Path) -> None:
    adopt()
    file = moments(tmp_path / "m.csv", 60)
    first = run(tmp_path, file)
    before = told_of()
    again = run(tmp_path, file)
    assert (again.added, again.repeated) == (0, first.added + first.repeated)
    assert told_of() == before
    more = moments(tmp_path / "more.csv", 90)
    assert run(tmp_path, more).added > 0
    assert len(told_of()["keys"]) == len(set(told_of()["keys"])) == Moment.objects.count()


def test_without_an_id_equal_rows_are_told_apart_by_how_often_they_come(sqlite: str, tmp_path: Path) -> None:
    adopt()
    row = ("2026-03-01T09:00:00Z", "ann", "good")
    text = "source: x\nat: at\ncustomer: guest\nentries: [{when: {}, touchpoint: delay, practice: voucher in hand}]\n"
    file = write(tmp_path / "m.csv", ("at", "guest", "mood"), [row, row])
    assert run(tmp_path, file, text).added == 2
    file = write(tmp_path / "m.csv", ("at", "guest", "mood"), [row, ("2026-03-02", "ann", "good"), row, row])
    report = run(tmp_path, file, text)
    assert (report.added, report.repeated) == (2, 2)


def test_bad_rows_go_to_a_file_from_which_they_can_be_imported(database: str, tmp_path: Path) -> None:
    adopt()
    file = write(
        tmp_path / "m.csv",
        HEADER,
        [
            ("1", "2026-03-01", "ann", "bad", "delay", "", "", "=1+1"),
            ("2", "tomorrow", "ann", "angry", "delay", "", "", "=cmd()"),
            ("", "2026-03-01", "ann", "good", "", "", "", ""),
            ("3", "2026-03-01", "ann"),
            ("4", "2026-03-01", "ann", "good", "", "", "", "kept"),
        ],
    )
    report = run(tmp_path, file)
    assert (report.added, report.rejected) == (2, 3)
    assert report.rejects_path == tmp_path / "m.rejects.csv"
    with report.rejects_path.open(newline="") as stream:
        rejects = list(csv.DictReader(stream))
    assert [(one["row"], one["line"], one["column"]) for one in rejects] == [
        ("2", "3", "at"),
        ("3", "4", "id"),
        ("4", "5", ""),
    ]
    assert "not a date" in rejects[0]["problem"]
    assert "no rule of 'entries' matches" in rejects[0]["problem"]
    assert all(one["remedy"] for one in rejects)
    assert rejects[0]["note"] == "'=cmd()"
    corrected = report.rejects_path.read_text().replace("tomorrow,ann,angry", "2026-03-05,ann,good")
    report.rejects_path.write_text(corrected)
    again = run(tmp_path, report.rejects_path, rejects_path=tmp_path / "second.csv")
    assert (again.added, again.rejected) == (1, 2)
    assert Moment.objects.get(at__day=5).note == "=cmd()"


def test_a_rejects_file_that_was_corrected_is_not_written_over(database: str, tmp_path: Path) -> None:
    adopt()
    file = moments(tmp_path / "m.csv", 40)
    first = run(tmp_path, file).rejects_path
    assert first == tmp_path / "m.rejects.csv"
    as_written = first.read_text()
    assert run(tmp_path, file).rejects_path == first  # nobody has touched it
    corrected = as_written.replace("soon", "2026-03-01")
    first.write_text(corrected)
    assert run(tmp_path, file).rejects_path == tmp_path / "m.rejects-2.csv"
    assert run(tmp_path, file).rejects_path == tmp_path / "m.rejects-2.csv"
    assert (tmp_path / "m.rejects-2.csv").read_text() == as_written
    assert first.read_text() == corrected
    assert run(tmp_path, first).rejected == 0
    assert sorted(path.name for path in tmp_path.glob("*rejects*")) == ["m.rejects-2.csv", "m.rejects.csv"]


def test_an_import_that_goes_on_finds_its_own_rejects_file(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 10)
    adopt()
    (tmp_path / "m.rejects.csv").write_text("row,line,column,value,problem,remedy,id\n1,2,,,,,corrected\n")
    file = moments(tmp_path / "m.csv", 60)

    def stop(done: int, _: int) -> None:
        if done >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, file, progress=stop)
    report = run(tmp_path, file)
    assert (report.resumed_from, report.rejects_path) == (30, tmp_path / "m.rejects-2.csv")
    with (tmp_path / "m.rejects-2.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == report.rejected == 4
    assert "corrected" in (tmp_path / "m.rejects.csv").read_text()


def test_a_dry_run_tells_the_same_and_writes_nothing(database: str, tmp_path: Path) -> None:
    adopt()
    file = moments(tmp_path / "m.csv", 60)
    told = run(tmp_path, file, dry_run=True)
    assert nothing_is_recorded()
    assert not (tmp_path / "m.rejects.csv").exists()
    done = run(tmp_path, file)
    for name in ("rows", "added", "repeated", "skipped", "rejected", "customers_made", "problems"):
        assert getattr(told, name) == getattr(done, name), name
    assert told.preview[0] == ("row 1: 2026-01-15 10:00 −0500, handle g0, delay: − rolling delays (3), seen by 2")
    assert told.form == "CSV, comma-separated, utf-8"


_KILLED = """
import os, signal, sys
from pathlib import Path
from touchbook.workflows.open_store import open_store
open_store()
from touchbook.workflows.import_records import running, moments
running.BATCH_ROWS = 20
write, batches = moments.append_ready, []
def append(model, columns, rows):
    added = write(model, columns, rows)
    if model.__name__ == "Witness":
        batches.append(1)
        if len(batches) == int(sys.argv[3]):
            {when}
    return added
moments.append_ready = append
{commit}
running.import_records("moments", Path(sys.argv[1]), Path(sys.argv[2]))
"""
_IN_THE_BATCH = ("os.kill(os.getpid(), signal.SIGKILL)", "")
_BEFORE_THE_COMMIT = (
    "running.die = True",
    """
running.die, add = False, running.RejectsFile.add
def dying(self, rejects):
    add(self, rejects)
    if running.die:
        os.kill(os.getpid(), signal.SIGKILL)
running.RejectsFile.add = dying
""",
)


@pytest.mark.parametrize("moment", [_IN_THE_BATCH, _BEFORE_THE_COMMIT])
def test_an_import_that_was_killed_goes_on_as_if_it_never_was(
    database: str, tmp_path: Path, moment: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 20)
    adopt()
    file, mapped = moments(tmp_path / "m.csv", 130), map_file(tmp_path / "map.yaml")
    code = _KILLED.format(when=moment[0], commit=moment[1])
    connection.close()
    killed = subprocess.run([sys.executable, "-c", code, str(file), str(mapped), "3"], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert Import.objects.get().rows_done == 40
    resumed = run(tmp_path, file)
    assert resumed.resumed_from == 40
    rejects, outcome = (tmp_path / "m.rejects.csv").read_text(), told_of()
    fresh_start(database)
    whole = run(tmp_path, moments(tmp_path / "m.csv", 130))
    assert (tmp_path / "m.rejects.csv").read_text() == rejects
    assert told_of() == outcome
    for name in ("added", "repeated", "skipped", "rejected", "customers_made"):
        assert getattr(whole, name) == getattr(resumed, name), name


def fresh_start(database: str) -> None:
    """Empty the tables; a test may, where the program may not."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("store_")]
    with connection.cursor() as cursor:
        if database == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("".join(f"DELETE FROM {table};" for table in tables))
            cursor.execute("SET session_replication_role = DEFAULT")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            cursor.execute("PRAGMA foreign_keys = OFF")
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")
            for _, statement in triggers:
                cursor.execute(statement)
    adopt()


def test_two_runs_at_once_double_nothing(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 10)
    adopt()
    file = moments(tmp_path / "m.csv", 120)
    refused: list[Exception] = []

    def one(number: int) -> None:
        try:
            run(tmp_path, file, rejects_path=tmp_path / f"{number}.csv")
        except Refused as error:
            refused.append(error)
        finally:
            connection.close()

    map_file(tmp_path / "map.yaml")
    threads = [threading.Thread(target=one, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(tmp_path, file)
    assert all("Another run" in str(error) for error in refused)
    keys = [one[2] for one in told_of()["keys"]]
    assert len(keys) == len(set(keys)) == Moment.objects.count()
    assert Identifier.objects.count() == Customer.objects.count() == len(set(told_of()["customers"]))
    assert disagreements(terms_in_force())[1] == []


RECOVERING = MAP + "recovers: makes_good\n"


def test_a_row_can_make_an_earlier_moment_good(database: str, tmp_path: Path) -> None:
    adopt()
    header = (*HEADER, "makes_good")
    lost = ("1", "2026-03-01", "ann", "bad", "bag", "", "", "", "")
    late = ("2", "2026-03-02", "ann", "bad", "delay", "", "", "", "")
    assert run(tmp_path, write(tmp_path / "a.csv", header, [lost, late]), RECOVERING).added == 2
    good = [
        ("3", "2026-03-03", "ann", "good", "", "", "", "", "1"),
        ("4", "2026-03-04", "ann", "good", "", "", "", "", "3"),
        ("5", "2026-03-05", "ann", "bad", "bag", "", "", "", ""),
        ("6", "2026-03-06", "ann", "good", "", "", "", "", "5"),
        ("7", "2026-03-07", "ann", "good", "", "", "", "", "1"),
        ("8", "2026-03-08", "bea", "good", "", "", "", "", "2"),
        ("9", "2026-03-01", "ann", "good", "", "", "", "", "2"),
        ("10", "2026-03-09", "ann", "good", "", "", "", "", "77"),
        ("11", "2026-03-09", "ann", "good", "", "", "", "", "12"),
        ("12", "2026-03-09", "ann", "good", "", "", "", "", "11"),
        ("13", "2026-03-09", "ann", "good", "", "", "", "", "13"),
        ("14", "2026-03-09", "ann", "bad", "", "", "", "", "2"),
    ]
    report = run(tmp_path, write(tmp_path / "b.csv", header, good), RECOVERING)
    assert report.added == 3
    with (tmp_path / "b.rejects.csv").open(newline="") as stream:
        rejects = list(csv.DictReader(stream))
    assert {one["column"] for one in rejects} == {"makes_good"}
    problems = {one["id"]: one["problem"] for one in rejects}
    for identity, told in {
        "4": "no open withdrawal", "7": "no open withdrawal", "8": "not a moment of this customer",
        "9": "happened after", "10": "no earlier moment", "11": "this row makes good itself",
        "12": "this row makes good itself", "13": "this row makes good itself", "14": "without a deposit",
    }.items():  # fmt: skip
        assert told in problems[identity], identity
    recovered = Entry.objects.exclude(recovers=None)
    assert recovered.count() == 2
    page = Account.objects.get(kind="customer", id=Identifier.objects.get(value="ann").customer_id)
    assert (page.unresolved > 0, page.recovered > 0) == (True, True)
    assert disagreements(terms_in_force())[1] == []


def test_the_newest_row_may_come_first(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt()
    header = (*HEADER, "makes_good")
    rows = [
        ("4", "2026-03-07", "ann", "good", "", "", "", "", "1"),
        ("3", "2026-03-05", "ann", "good", "", "", "", "", "1"),
        ("2", "2026-03-03", "ann", "good", "", "", "", "", "0"),
        ("1", "2026-03-02", "ann", "bad", "bag", "", "", "", ""),
        ("0", "2026-03-01", "ann", "bad", "delay", "", "", "", ""),
    ]
    file = write(tmp_path / "m.csv", header, rows)
    report = run(tmp_path, file, RECOVERING)
    assert (report.added, report.rejected) == (4, 1)
    assert "no open withdrawal" in (tmp_path / "m.rejects.csv").read_text()  # what made it good came before
    assert report.import_id is not None
    undo_import(report.import_id, "tests", datetime(2026, 11, 20, tzinfo=UTC))
    monkeypatch.setattr(running, "BATCH_ROWS", 3)
    report = run(tmp_path, file, RECOVERING)
    assert (report.added, report.rejected) == (2, 3)
    assert "further down, as in newest-first exports, import the file again" in report.rejects_path.read_text()
    again = run(tmp_path, file, RECOVERING)
    assert (again.added, again.rejected) == (2, 1)
    assert disagreements(terms_in_force())[1] == []


def test_several_identifiers_lead_to_one_customer_or_to_none(database: str, tmp_path: Path) -> None:
    adopt()
    text = MAP.replace(
        "customer: {column: guest, kind: handle}",
        "customers: [{column: guest, kind: handle}, {column: mail, kind: email}]\nwitnesses: {column: saw, kind: handle}",
    )
    header = (*HEADER, "mail", "saw")
    rows = [
        ("1", "2026-03-01", "ann", "good", "", "", "", "", "", ""),
        ("2", "2026-03-02", "ann", "good", "", "", "", "", "Ann@example.org", "bea; cid"),
        ("3", "2026-03-03", "", "good", "", "", "", "", "ann@example.org", ""),
        ("4", "2026-03-04", "bea", "good", "", "", "", "", "ann@example.org", ""),
    ]
    report = run(tmp_path, write(tmp_path / "m.csv", header, rows), text)
    assert (report.added, report.rejected, report.customers_made) == (3, 1, 3)
    assert Moment.objects.filter(customer=Identifier.objects.get(value="ann").customer_id).count() == 3
    assert "belong to different customers" in (tmp_path / "m.rejects.csv").read_text()
    seen = Entry.objects.filter(account=Identifier.objects.get(value="bea").customer_id)
    assert sorted(one.points for one in seen) == pytest.approx([0.8, 1.2])
    assert AuditEntry.objects.filter(action="create", subject_kind="customer").count() == 3
    assert disagreements(terms_in_force())[1] == []


def test_a_column_of_dates_that_nothing_decides_is_refused(sqlite: str, tmp_path: Path) -> None:
    adopt()
    rows = [(str(number), f"0{number}/0{number + 1}/2026", "ann", "good", "", "", "", "") for number in range(1, 5)]
    file = write(tmp_path / "m.csv", HEADER, rows)
    with pytest.raises(MapInvalid, match=r"map.yaml:4:5: error: every date in the column 'at'.*%d/%m/%Y"):
        run(tmp_path, file)
    assert nothing_is_recorded()
    told = MAP.replace("at: at", 'at: {column: at, format: "%d/%m/%Y"}')
    assert run(tmp_path, file, told).added == 4
    assert Moment.objects.order_by("at").first().at.month == 2  # type: ignore[union-attr]


def test_the_whole_file_decides_the_order_of_day_and_month(sqlite: str, tmp_path: Path) -> None:
    adopt()
    rows = [(str(number), "03/04/2026", "ann", "good", "", "", "", "") for number in range(6_000)]
    file = write(tmp_path / "m.csv", HEADER, [*rows, ("x", "15/04/2026", "ann", "good", "", "", "", "")])
    report = run(tmp_path, file, dry_run=True)
    assert (report.rejected, report.dates["at"].split(";")[0]) == (0, "day first")
    assert "2026-04-03" in report.preview[0]


def _gigantic(path: Path) -> None:
    with path.open("w") as stream:
        stream.write(",".join(HEADER) + "\n1,2026-03-01,ann,good,,,,ok\n2,")
        for _ in range(8):
            stream.write("x" * RECORD_CHARACTERS_MAX)
        stream.write("\n3,2026-03-01,ann,good,,,,ok\n")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (_gigantic, "longer than"),
        (lambda path: write(path, HEADER, [("1", "2026-03-01", "a\0nn", "good", "", "", "", "")]), "NUL"),
        (lambda path: write(path, HEADER, [("1", "2026-03-01", "x" * 301, "good", "", "", "", "")]), "longer than 300"),
        (lambda path: write(path, HEADER, [("1", "2999-03-01", "ann", "good", "", "", "", "")]), "future"),
    ],
)
def test_what_is_bad_in_a_row_stays_in_that_row(
    sqlite: str, tmp_path: Path, make: Callable[[Path], object], told: str
) -> None:
    adopt()
    file = tmp_path / "m.csv"
    make(file)
    report = run(tmp_path, file)
    assert report.rejected == 1
    assert report.added == report.rows - 1
    assert told in (tmp_path / "m.rejects.csv").read_text()


def test_nothing_is_imported_without_a_plan_a_file_or_a_sound_map(sqlite: str, tmp_path: Path) -> None:
    file = moments(tmp_path / "m.csv", 5)
    with pytest.raises(NotFound, match="No plan"):
        run(tmp_path, file)
    adopt()
    with pytest.raises(MapInvalid, match="did you mean 'guest'"):
        run(tmp_path, file, MAP.replace("column: guest", "column: gest"))
    with pytest.raises(MapInvalid, match="stands here a second time"):
        run(tmp_path, file, MAP + "note: about\n")
    with pytest.raises(Unreadable, match=r"nowhere\.csv"):
        run(tmp_path, tmp_path / "nowhere.csv")
    (tmp_path / "mine.csv").write_text("mine\n")
    with pytest.raises(Unreadable, match="is not a rejects file"):
        run(tmp_path, file, rejects_path=tmp_path / "mine.csv")
    assert not Moment.objects.exists()
    assert (tmp_path / "mine.csv").read_text() == "mine\n"


AIRLINE = Path(__file__).parents[2].parent / "shared" / "data" / "airline_moments.csv"


@pytest.mark.skipif(not AIRLINE.exists(), reason=f"the real records are not here: {AIRLINE}")
def test_real_messages_are_imported_once(sqlite: str, tmp_path: Path) -> None:
    adopt()
    text = """
source: messages
id: moment_id
at: at
customer: {column: customer_id, kind: handle}
note: text
attributes: {home_airline: airline}
entries:
  - {when: {sentiment: negative, reason: [Lost Luggage, Damaged Luggage]}, touchpoint: baggage, practice: bag lost}
  - {when: {sentiment: negative}, touchpoint: delay, practice: rolling delays}
  - {when: {sentiment: positive}, touchpoint: delay, practice: told before it showed}
  - {when: {}, skip: true}
"""
    report = run(tmp_path, AIRLINE, text, rejects_path=tmp_path / "rejects.csv")
    with AIRLINE.open(newline="", encoding="utf-8") as stream:
        told = {one["moment_id"] for one in csv.DictReader(stream) if one["sentiment"] != "neutral"}
    assert (report.rows, report.added, report.rejected) == (10_314, len(told), 0)
    assert Moment.objects.count() == len(told)
    assert run(tmp_path, AIRLINE, text, rejects_path=tmp_path / "rejects.csv").added == 0
    assert disagreements(terms_in_force())[1] == []


def test_a_batch_of_long_rows_is_cut_short(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_CHARACTERS_MAX", 5_000)
    adopt()
    seen: list[int] = []
    file = write(
        tmp_path / "m.csv",
        HEADER,
        [(str(number), "2026-03-01", "ann", "good", "", "", "", "x" * 2_000) for number in range(10)],
    )
    assert run(tmp_path, file, progress=lambda done, _: seen.append(done)).added == 10
    assert seen == [0, 3, 6, 9, 10]
