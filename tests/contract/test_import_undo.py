"""Undoing an import leaves everything as it was before it, and the file can be imported again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from importing import HEADER, MAP, adopt, moments, run, told_of, write

from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.ledger.balance import Sums
from touchbook.store.accounts import read
from touchbook.store.models import (
    Account,
    Answer,
    ApiKey,
    AuditEntry,
    Consent,
    Customer,
    Entry,
    Identifier,
    Import,
    ImportedKey,
    Promise,
    Staff,
)
from touchbook.store.queries import terms_in_force
from touchbook.store.recount import disagreements
from touchbook.workflows.examine import examine
from touchbook.workflows.import_records import running, undo_people
from touchbook.workflows.import_records import undo as undoing
from touchbook.workflows.import_records.undo import find_import, undo_import

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAY = 20_800.0


def sums() -> dict[Any, Sums]:
    """Every account's sums on one day, those that came to nothing left out."""
    terms = terms_in_force()
    carried = {one: kept.at(DAY, terms) for one, kept in read(Account.objects.values_list("id", flat=True)).items()}
    return {one: kept for one, kept in carried.items() if max(kept.deposits, kept.unresolved, kept.recovered) > 1e-9}


def agree(one: dict[Any, Sums], other: dict[Any, Sums]) -> bool:
    return one.keys() == other.keys() and all(
        getattr(one[key], part) == pytest.approx(getattr(other[key], part), abs=1e-9)
        for key in one
        for part in ("deposits", "unresolved", "recovered")
    )


def test_the_sums_are_as_before_and_the_file_can_come_again(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "BATCH_ROWS", 7)
    monkeypatch.setattr(undo_people, "BATCH_ROWS", 7)
    adopt()
    run(tmp_path, moments(tmp_path / "first.csv", 30, guests=6))
    before, customers = sums(), set(Customer.objects.values_list("id", flat=True))
    second = run(tmp_path, moments(tmp_path / "second.csv", 90))
    recorded = told_of()
    assert not agree(sums(), before)
    assert second.import_id is not None
    done = undo_import(second.import_id, "tests", NOW)
    assert done.corrected == Entry.objects.exclude(corrects=None).count() > 0
    assert agree(sums(), before)
    assert disagreements(terms_in_force())[1] == []
    assert set(Customer.objects.values_list("id", flat=True)) == customers
    assert not ImportedKey.objects.filter(import_id=second.import_id).exists()
    assert not undo_import(second.import_id, "tests", NOW).is_new
    again = run(tmp_path, tmp_path / "second.csv")
    assert again.added == second.added
    assert told_of()["keys"] == recorded["keys"]
    assert told_of()["customers"] == recorded["customers"]
    assert disagreements(terms_in_force())[1] == []


def test_an_undo_that_was_interrupted_is_finished_by_the_next(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "BATCH_ROWS", 7)
    monkeypatch.setattr(undo_people, "BATCH_ROWS", 7)
    adopt()
    report = run(tmp_path, moments(tmp_path / "m.csv", 60))
    assert report.import_id is not None

    people = (Customer.objects.count(), Staff.objects.count())

    def stop(done: int, _: int) -> None:
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_import(report.import_id, "tests", NOW, stop)
    # Until then its keys are here without its facts: no row of that source may count as a repeat.
    for options in ({}, {"dry_run": True}):
        with pytest.raises(Refused, match=r"undo of the import of m\.csv has not finished; run it again"):
            run(tmp_path, moments(tmp_path / "longer.csv", 70), **options)
    (half,) = [finding for finding in examine() if not finding.well]
    assert "m.csv" in half.found
    assert half.remedy == f"touchbook undo {str(report.import_id)[-12:]}"
    done = undo_import(report.import_id, "tests", NOW + timedelta(minutes=5))
    assert done.is_new
    assert done.corrected == Entry.objects.exclude(corrects=None).count()
    assert (done.removed, done.staff_removed) == people
    assert all(finding.well for finding in examine())
    assert run(tmp_path, tmp_path / "m.csv").added == report.added
    undo_import(find_import("last").id, "tests", NOW + timedelta(minutes=6))
    assert sums() == {}
    assert Customer.objects.count() == 0
    assert disagreements(terms_in_force())[1] == []


def test_an_undo_ends_an_import_that_was_never_finished(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 10)
    adopt()
    file = moments(tmp_path / "m.csv", 60)

    def stop(done: int, _: int) -> None:
        if done >= 30:
            undo_import(Import.objects.get().id, "tests", NOW)

    with pytest.raises(Refused, match="undoing the same file"):
        run(tmp_path, file, progress=stop)
    assert sums() == {}
    assert run(tmp_path, file).added > 0
    assert Import.objects.count() == 2


def test_a_recovery_that_is_undone_opens_its_withdrawal_again(database: str, tmp_path: Path) -> None:
    adopt()
    text = MAP + "recovers: makes_good\n"
    header = (*HEADER, "makes_good")
    run(tmp_path, write(tmp_path / "a.csv", header, [("1", "2026-03-01", "ann", "bad", "bag", "", "", "", "")]), text)
    before = sums()
    good = write(tmp_path / "b.csv", header, [("2", "2026-03-05", "ann", "good", "", "", "", "", "1")])
    report = run(tmp_path, good, text)
    assert report.import_id is not None
    undo_import(report.import_id, "tests", NOW)
    assert agree(sums(), before)
    again = run(tmp_path, good, text)
    assert again.added == 1


CUSTOMERS = """
source: crm
customers: [{column: member, kind: member}, {column: mail, kind: email}]
name: name
since: since
attributes: {seats: seats}
consents: [{column: mails, channel: email}]
"""
CUSTOMER_HEADER = ("member", "mail", "name", "since", "seats", "mails")


def test_customers_get_their_former_values_back(database: str, tmp_path: Path) -> None:
    adopt()
    first = [("1", "", "Ann", "2020-01-01", "2", "yes"), ("2", "", "Bea", "", "", "")]
    run(tmp_path, write(tmp_path / "a.csv", CUSTOMER_HEADER, first), CUSTOMERS, "customers")
    before = sorted(Customer.objects.values_list("id", "name", "since", "attributes"), key=str)
    second = [
        ("1", "ann@x.org", "Anne", "2019-05-05", "3", "no"),
        ("2", "", "Bea", "", "4", ""),
        ("3", "", "Cid", "", "", "yes"),
    ]
    report = run(tmp_path, write(tmp_path / "b.csv", CUSTOMER_HEADER, second), CUSTOMERS, "customers")
    assert (report.added, report.changed) == (1, 2)
    assert Consent.objects.get(customer__name="Anne").allowed is False
    assert report.import_id is not None
    Customer.objects.filter(name="Bea").update(attributes={"seats": 9.0})  # a person changed it since
    done = undo_import(report.import_id, "tests", NOW)
    assert (done.removed, done.restored) == (1, 1)
    after = sorted(Customer.objects.values_list("id", "name", "since", "attributes"), key=str)
    assert [row for row in after if row[1] == "Ann"] == [row for row in before if row[1] == "Ann"]
    assert Customer.objects.get(name="Bea").attributes == {"seats": 9.0}
    assert sorted(Identifier.objects.values_list("value", flat=True)) == ["1", "2"]
    assert Consent.objects.get().allowed is True
    assert AuditEntry.objects.filter(action="undo", subject=report.import_id).exists()


def test_a_customer_whom_something_else_refers_to_stays(database: str, tmp_path: Path) -> None:
    adopt()
    report = run(tmp_path, moments(tmp_path / "m.csv", 12, guests=4))
    text = "source: poll\nat: at\ncustomer: {column: guest, kind: handle}\nquestion: {value: feeling}\nvalue: score\n"
    run(tmp_path, write(tmp_path / "a.csv", ("at", "guest", "score"), [("2026-03-01", "g1", "2")]), text, "answers")
    assert report.import_id is not None
    undo_import(report.import_id, "tests", NOW)
    assert [one.value for one in Identifier.objects.all()] == ["g1"]


def test_staff_whom_it_made_go_unless_something_else_names_them(database: str, tmp_path: Path) -> None:
    adopt()
    row = ("1", "2026-03-01", "ann", "good", "delay", "s1", "A", "")
    first = run(tmp_path, write(tmp_path / "a.csv", HEADER, [row, ("2", *row[1:5], "s2", "A", "")]))
    run(tmp_path, write(tmp_path / "b.csv", HEADER, [("3", *row[1:])]))
    assert first.import_id is not None
    done = undo_import(first.import_id, "tests", NOW)
    assert (done.removed, done.staff_removed) == (0, 1)
    assert [one.code for one in Staff.objects.all()] == ["s1"]
    removed = AuditEntry.objects.get(action="remove", subject_kind="staff")
    assert AuditEntry.objects.get(action="create", subject=removed.subject).after == {"code": "s2"}


def test_staff_and_customers_on_whom_something_hangs_that_was_made_since_stay(database: str, tmp_path: Path) -> None:
    adopt()
    row = ("1", "2026-03-01", "ann", "good", "delay", "boss", "A", "")
    done = run(tmp_path, write(tmp_path / "a.csv", HEADER, [row, ("2", *row[1:5], "maker", "A", "")])).import_id
    assert done is not None
    boss, maker = Staff.objects.get(code="boss"), Staff.objects.get(code="maker")
    Staff.objects.create(id=mint(NOW), changed_at=NOW, name="Leila", code="leila", manager=boss)
    ApiKey.objects.create(
        id=mint(NOW), changed_at=NOW, name="till", prefix="tb_1", digest="", made_by=maker, made_at=NOW
    )
    ann = Customer.objects.get()
    Promise.objects.create(
        id=mint(NOW), changed_at=NOW, customer=ann, what="call back", due_on="2026-12-01", made_by=maker, made_at=NOW
    )
    undone = undo_import(done, "tests", NOW)
    assert (undone.removed, undone.staff_removed) == (0, 0)
    assert {one.code for one in Staff.objects.all()} == {"boss", "maker", "leila"}


OWNED = "source: crm\ncustomer: {column: member, kind: member}\nname: name\nowner: owner\n"


def test_former_owners_come_back_and_staff_who_own_nobody_any_more_go(database: str, tmp_path: Path) -> None:
    adopt()

    def give(file: str, *rows: tuple[str, str]) -> UUID:
        path = write(tmp_path / file, ("member", "owner", "name"), [(*row, f"Member {row[0]}") for row in rows])
        done = run(tmp_path, path, OWNED, "customers").import_id
        assert done is not None
        return done

    def owners() -> dict[str, str | None]:
        return dict(Customer.objects.order_by("name").values_list("name", "owner__code"))

    first = give("a.csv", ("1", "dana"), ("2", "dana"))
    second = give("b.csv", ("1", "eli"), ("3", "eli"))
    undo_import(second, "tests", NOW)
    assert owners() == {"Member 1": "dana", "Member 2": "dana"}
    assert [one.code for one in Staff.objects.all()] == ["dana"]
    third = give("c.csv", ("1", "finn"), ("2", "finn"))
    undo_import(first, "tests", NOW)  # dana, who owns nobody now, goes
    assert set(owners().values()) == {"finn"}
    assert [one.code for one in Staff.objects.all()] == ["finn"]
    undo_import(third, "tests", NOW)
    assert set(owners().values()) == {None}
    assert not Staff.objects.exists()


def test_answers_are_taken_back_too(database: str, tmp_path: Path) -> None:
    adopt()
    text = "source: poll\nat: at\ncustomer: {column: guest, kind: handle}\nquestion: {value: feeling}\nvalue: score\n"
    file = write(tmp_path / "a.csv", ("at", "guest", "score"), [("2026-03-01", "g1", "2"), ("2026-03-02", "g2", "-1")])
    report = run(tmp_path, file, text, "answers")
    assert report.import_id is not None
    assert undo_import(report.import_id, "tests", NOW).corrected == 2
    assert set(Answer.objects.exclude(corrects=None).values_list("corrects", flat=True)) == set(
        Answer.objects.filter(corrects=None).values_list("id", flat=True)
    )
    assert not Customer.objects.exists()
    assert run(tmp_path, file, text, "answers").added == 2


def test_an_import_is_named_by_either_end_of_its_id(sqlite: str, tmp_path: Path) -> None:
    adopt()
    with pytest.raises(NotFound):
        find_import("last")
    first = run(tmp_path, moments(tmp_path / "a.csv", 10)).import_id
    second = run(tmp_path, moments(tmp_path / "b.csv", 20)).import_id
    assert find_import("last").id == second
    assert find_import(str(first)).id == find_import(str(first)[-12:]).id == first
    with pytest.raises(Refused, match="fits 2 imports"):
        find_import("0")
    for name in ("zz", ""):
        with pytest.raises((NotFound, Refused)):
            find_import(name)
