"""The doctor: a year of a club, lived through the workflows in any way, adds up; and what does not is found and mended."""

from __future__ import annotations

import datetime as dt
import random
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from touchbook.cli.main import main
from touchbook.kernel.errors import TouchbookError
from touchbook.store import models as tables
from touchbook.workflows import examine as examining
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.correct import CorrectionRequest, correct
from touchbook.workflows.examine import examine
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.open_store import migrations_known
from touchbook.workflows.recover import RecoveryRequest, recover

START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
PEOPLE = [UUID(int=number) for number in range(1, 6)]
CLUB = """\
plan: Riverside FC
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 100, period: 365 days, discount: 10%}
types: {regular: true}
ledger: {half_life: 180 days}
touchpoints:
  gate:
    deposits: {greeted by name: 2, fixed a ticket: 4}
    withdrawals: {not my gate: 3, brusque search: 5}
  shop:
    deposits: {gift wrapped: 1}
    withdrawals: {long queue: 2}
touches:
  welcome call: {purpose: ask, channel: phone, team: member services, minutes: 10, to: regular}
"""
PRACTICES = {
    "gate": ("greeted by name", "fixed a ticket", "not my gate", "brusque search"),
    "shop": ("gift wrapped", "long queue"),
}


@pytest.fixture
def club(database: str) -> str:
    adopt_plan(CLUB, "", "Alice", START)
    tables.Customer.objects.bulk_create([tables.Customer(id=person, changed_at=START) for person in PEOPLE])
    return database


def live(chance: random.Random, steps: int) -> int:
    """Things happen, at any time and in any order; returns how many requests were refused."""
    refused = 0
    for _ in range(steps):
        at = START + dt.timedelta(days=chance.uniform(0, 700))
        entries = list(tables.Entry.objects.values_list("id", flat=True))
        role = chance.random()
        try:
            if role < 0.5 or not entries:
                touchpoint = chance.choice(list(PRACTICES))
                happened = tuple(Happened(one) for one in chance.choices(PRACTICES[touchpoint], k=chance.randint(1, 3)))
                customer, *others = chance.sample(PEOPLE, k=3)
                guest = chance.random() < 0.2
                saw = tuple(others[: chance.randint(0, 2)])
                log_moment(
                    MomentRequest(
                        uuid4(),
                        at,
                        touchpoint,
                        happened,
                        None if guest else customer,
                        witnesses=saw,
                        unnamed_witnesses=chance.choice((0, 0, 7)),
                    )
                )
            elif role < 0.75:
                recover(RecoveryRequest(uuid4(), chance.choice(entries), at, failed=chance.random() < 0.2))
            elif role < 0.9:
                correct(CorrectionRequest(uuid4(), at, entry=chance.choice(entries)))
            else:
                correct(
                    CorrectionRequest(
                        uuid4(), at, moment=chance.choice(list(tables.Moment.objects.values_list("id", flat=True)))
                    )
                )
        except TouchbookError:
            refused += 1
    return refused


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_books_agree(club: str, seed: int):
    refused = live(random.Random(seed), 60)
    assert 0 < refused < 40
    assert [finding.found for finding in examine() if not finding.well] == []
    adopt_plan(CLUB.replace("180 days", "90 days"), "", "Alice", START + dt.timedelta(days=701))
    assert all(finding.well for finding in examine())


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["touchbook", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_the_doctor_finds_nothing_in_a_sound_store(
    club: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    live(random.Random(7), 5)
    assert run(monkeypatch, "doctor") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("✓ ") for line in lines)


def test_wrong_sums_are_found_and_mended(
    club: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    live(random.Random(7), 5)
    account = tables.Account.objects.filter(kind="customer").first()
    tables.Account.objects.filter(id=account.id).update(deposits=account.deposits + 1e-6)
    assert run(monkeypatch, "doctor") == 1
    wrong = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("✗ "))
    assert str(account.id) in wrong
    assert wrong.endswith("remedy: touchbook doctor --repair")
    assert run(monkeypatch, "doctor", "--repair") == 0
    assert "✓ the sums of 1 of" in capsys.readouterr().out
    assert run(monkeypatch, "doctor") == 0


def test_missing_triggers_are_found_and_put_back(club: str):
    with connection.cursor() as cursor:
        on = "" if club == "sqlite" else " ON store_entry"
        cursor.execute(f"DROP TRIGGER store_entry_no_{'delete' if club == 'sqlite' else 'change'}{on}")
    found = [finding for finding in examine() if not finding.well]
    assert len(found) == 1
    assert "triggers are missing or altered: store_entry_no_" in found[0].found
    assert all(finding.well for finding in examine(repair=True))
    assert all(finding.well for finding in examine())


def test_a_lake_that_cannot_be_written_is_found(club: str, home: Path):
    (home / "lake").write_text("in the way")
    (found,) = [finding for finding in examine() if not finding.well]
    assert "the lake folder" in found.found
    assert found.remedy == "make it yours to write"


def test_outstanding_migrations_and_unreadable_plans_are_found(sqlite: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(examining, "migrations_known", lambda: {*migrations_known(), "store.9998_motto"})
    tables.PlanVersion.objects.create(id=uuid4(), text="plan: [", digest="x", in_force_from=START)
    migrations, _, sums, _ = examine()
    assert (migrations.well, migrations.found) == (False, "the database lacks store.9998_motto")
    assert not sums.well
    assert "the plan in force cannot be read" in sums.found


def test_a_plan_is_adopted_and_its_history_told(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert run(monkeypatch, "history") == 0
    assert "No plan is in force yet; adopt one with: touchbook adopt plan.yaml" in capsys.readouterr().out
    plan = tmp_path / "plan.yaml"
    plan.write_text(CLUB)
    assert run(monkeypatch, "adopt", str(plan), "--note", "first draft", "--by", "Alice") == 0
    assert "'Riverside FC' is in force as version 1." in capsys.readouterr().out
    assert run(monkeypatch, "adopt", str(plan)) == 0
    assert "This plan is in force already, as version 1." in capsys.readouterr().out
    assert run(monkeypatch, "history") == 0
    line = capsys.readouterr().out.strip()
    assert line.startswith("1  20")
    assert line.endswith("UTC  Alice  first draft")


def test_two_plan_versions_are_compared_in_words(
    club: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    adopt_plan(CLUB.replace("not my gate: 3", "not my gate: 4"), "", "Alice", START + dt.timedelta(days=1))
    assert run(monkeypatch, "history", "--difference", "1", "2") == 0
    assert "not my gate" in capsys.readouterr().out
    assert run(monkeypatch, "history", "--difference", "1", "1") == 0
    assert "The two versions mean the same." in capsys.readouterr().out
    assert run(monkeypatch, "history", "--difference", "1", "9") == 2
    assert "There is no plan version 9; 'touchbook history' lists them." in capsys.readouterr().err


def test_a_plan_file_with_errors_is_not_adopted(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    plan = tmp_path / "plan.yaml"
    assert run(monkeypatch, "adopt", str(plan)) == 2
    assert "cannot be read (No such file or directory); check its name" in capsys.readouterr().err
    plan.write_bytes(b"plan: caf\xe9")
    assert run(monkeypatch, "adopt", str(plan)) == 2
    assert "is not UTF-8 text; save it as UTF-8" in capsys.readouterr().err
    plan.write_text(CLUB.replace("GBP", "a pound"))
    assert run(monkeypatch, "adopt", str(plan)) == 1
    assert "plan.yaml:2:" in capsys.readouterr().err
    assert not tables.PlanVersion.objects.exists()
