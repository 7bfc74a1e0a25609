"""Rows that make an earlier moment good give back what the ledger allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from importing import MAP, adopt, run, write

from touchbook.kernel.clock import now
from touchbook.store.accounts import read
from touchbook.store.models import Entry, Identifier, Import
from touchbook.store.queries import terms_in_force
from touchbook.store.recount import disagreements
from touchbook.workflows.import_records.undo import undo_import

TOGETHER = MAP.replace("practice: bag lost", "practice: [bag lost, bag damaged]") + "recovers: makes_good\n"
HEADER = ("id", "at", "guest", "mood", "about", "staff", "airline", "note", "makes_good")


def test_what_went_wrong_together_went_wrong_once(database: str, tmp_path: Path) -> None:
    adopt()
    rows = [
        ("a1", "2024-11-07T10:00+00:00", "alice", "bad", "bag", "s1", "A", "", ""),
        ("a2", "2026-05-01T10:00+00:00", "alice", "good", "delay", "s1", "A", "", "a1"),
    ]
    run(tmp_path, write(tmp_path / "file.csv", HEADER, rows), TOGETHER)
    given_back = Entry.objects.exclude(recovers=None).order_by("-points").values_list("points", flat=True)
    # What is left of the two weighs 5 and 3.75; a repeat would give back half of that at most.
    assert list(given_back) == [3, 2]


def test_who_saw_it_made_good_remembers_what_was_done_alone(database: str, tmp_path: Path) -> None:
    adopt()
    text = TOGETHER.replace("[told before it showed, voucher in hand]", "told before it showed")
    rows = [
        ("a1", "2026-04-01T10:00+00:00", "alice", "bad", "bag", "s1", "A", "", "", "", ""),
        ("a2", "2026-05-01T10:00+00:00", "alice", "good", "delay", "s1", "A", "", "a1", "bea", "3"),
    ]
    header = (*HEADER, "saw", "others")
    saw = "witnesses: {column: saw, kind: handle}\nunnamed_witnesses: others\n"
    run(tmp_path, write(tmp_path / "file.csv", header, rows), text + saw)
    assert Entry.objects.exclude(recovers=None).count() == 2  # one of them by a line without a practice
    bea = Identifier.objects.get(value="bea").customer_id
    for seen in (Entry.objects.filter(account=bea), Entry.objects.filter(account_kind="house")):
        assert [one.points > 0 for one in seen] == [True]


def test_what_was_given_back_for_an_import_that_is_undone_weighs_nothing(database: str, tmp_path: Path) -> None:
    adopt()
    wrong = ("a1", "2026-05-01T10:00+00:00", "alice", "bad", "bag", "s1", "A", "", "")
    right = ("a2", "2026-05-02T10:00+00:00", "alice", "good", "delay", "s1", "A", "", "a1")
    run(tmp_path, write(tmp_path / "wrong.csv", HEADER, [wrong]), TOGETHER)
    run(tmp_path, write(tmp_path / "right.csv", HEADER, [right]), TOGETHER)
    first = Import.objects.order_by("started_at").first()
    assert first is not None
    undo_import(first.id, "Alice", now())
    page = read([Identifier.objects.get(value="alice").customer_id])
    (sums,) = page.values()
    assert sums.balance(sums.day, terms_in_force()) == pytest.approx(0, abs=1e-9)
    assert disagreements(terms_in_force())[1] == []
